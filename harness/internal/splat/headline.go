// SPDX-License-Identifier: GPL-2.0-only

package splat

import (
	"regexp"
	"slices"
	"strings"
)

// headline is how a report of trouble begins.
type headline struct {
	kind Kind
	// what is the title's first half, with $1 ... for the pattern's groups.
	what    string
	pattern *regexp.Regexp
	// located tells that the function in which it happened belongs to the title.
	located bool
	// announces tells that the line is printed before the report proper: BUG()
	// or WARN() with a report of their own follow.
	announces bool
	// traced tells that a module could have printed the like. A call trace must
	// follow it, or it is no report.
	traced bool
	// loose is pattern for a line that is so much the kernel's own that it counts
	// behind other text, too: another CPU's unfinished line.
	loose *regexp.Regexp
	// but is pattern for lines that are none all the same.
	but *regexp.Regexp
	// byNMI tells that somebody asked a CPU where it is.
	byNMI bool
	// follows tells that the trouble only exists because of trouble before it.
	follows bool
}

// begins returns the headline of reports whose title ends with a function.
func begins(kind Kind, what, pattern string) headline {
	return headline{kind: kind, what: what, pattern: starting(pattern), located: true}
}

// says returns the headline of reports whose first line says all.
func says(kind Kind, what, pattern string) headline {
	return headline{kind: kind, what: what, pattern: starting(pattern)}
}

// announcing returns the headline of lines that come before a BUG() or WARN().
func announcing(kind Kind, what, pattern string) headline {
	h := begins(kind, what, pattern)
	h.announces = true
	return h
}

// anywhere returns h for lines that it does not begin, too.
func anywhere(h headline) headline {
	h.loose = regexp.MustCompile(strings.TrimPrefix(h.pattern.String(), "^"))
	return h
}

// except returns h but for lines that begin so.
func except(h headline, pattern string) headline { h.but = starting(pattern); return h }

// withTrace returns h for reports that have a call trace.
func withTrace(h headline) headline { h.traced = true; return h }

// asked returns h for what an NMI found out.
func asked(h headline) headline { h.byNMI = true; return h }

// following returns h as what follows from trouble before it.
func following(h headline) headline { h.follows = true; return h }

// starting matches lines that begin with one of alternatives.
func starting(alternatives string) *regexp.Regexp {
	return regexp.MustCompile(`^(?:` + alternatives + `)`)
}

// headlines in order: the first that matches a line names it. The texts are
// those of the kernel's printing functions; the file of each is named.
var headlines = slices.Concat(panics, sanitizers, locks, lockups, memories, faults, bugs, warnings, misuses, cores, taints)

// classify returns the headline that a line is, and where in it that begins; nil
// when it is none.
func classify(text string) (*headline, int) {
	candidates := triggers.candidates(text)
	for _, i := range candidates {
		if h := &headlines[i]; triggers.first[i][text[0]] && h.pattern.MatchString(text) && (h.but == nil || !h.but.MatchString(text)) {
			return h, 0
		}
	}
	for _, i := range candidates {
		if at := headlines[i].inside(text); at > 0 {
			return &headlines[i], at
		}
	}
	return nil, 0
}

// inside returns where in a line the headline begins behind other text; 0 where
// it does not. Behind "module: " it is the module's word.
func (h *headline) inside(text string) int {
	if h.loose == nil {
		return 0
	}
	at := h.loose.FindStringIndex(text)
	if at == nil || strings.HasSuffix(text[:at[0]], ": ") {
		return 0
	}
	return at[0]
}
