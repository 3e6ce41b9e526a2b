// SPDX-License-Identifier: GPL-2.0-only

package splat

import "strings"

// Essence returns the lines of the report that a person reads first: what
// happened, where, and the frames that the unwinder vouches for. Registers,
// code bytes and page tables are left out, and whatever comes after the first
// trace has ended. Of what a sanitizer or lockdep says, which is several traces long,
// the frames that find out and report are left out, too, and what is said twice.
func (s Splat) Essence() []string {
	checker := s.Kind == Sanitizer || strings.HasPrefix(s.Title, lockdep)
	var lines []string
	chain, scenario := false, false
	for _, line := range s.Lines {
		chain = chain || strings.HasPrefix(line, "-> #0 ")
		if endTrace(line) || checker && (strings.HasPrefix(line, "Memory state around ") || chain && line == "stack backtrace:") {
			break
		}
		// Who would lock what when: in columns, which are gone here.
		scenario = scenario && line != "*** DEADLOCK ***" || strings.HasPrefix(line, "other info that might help ")
		if scenario || isDetail(line) || checker && reports(line) {
			continue
		}
		lines = append(lines, line)
	}
	return lines
}

// lockdep is how titles of its reports begin.
const lockdep = "lockdep: "

// reports tells whether a line is a frame of who finds out and reports.
func reports(line string) bool {
	f, ok := parseFrame(line)
	return ok && f.module == "" && isHelper(f.function)
}

// details are what lines begin with that few people can read, on x86 and on
// arm64.
var details = starting(`Code: |R[A-Z0-9]{2}: |EFLAGS: |[CDEFGS]S: |CR\d: |DR\d: |PKRU: |PGD |P4D |PUD |\? |x\d+ *: |sp : |pstate: |Modules linked in:|Unloaded tainted modules|Hardware name:|Kernel Offset:|Tainted: |</?[A-Z#!]+>$|-+\[ cut here \]-+$|[-=]{20,}$|\*\*\* DEADLOCK \*\*\*$`)

// isDetail tells whether a line is one of details. RSP has the form of a
// register, RIP tells where it happened,
// unless it is that of user space.
func isDetail(line string) bool {
	return details.MatchString(line) && !strings.HasPrefix(line, "RIP: 0010:")
}
