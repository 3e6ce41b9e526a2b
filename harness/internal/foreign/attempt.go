// SPDX-License-Identifier: GPL-2.0-only

package foreign

import (
	"context"
	"fmt"
	"maps"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"kmodlab/harness/internal/kbuild"
	"kmodlab/internal/ko"
)

// attempt is what came of one way.
type attempt struct {
	way way
	e   *kbuild.Error // what was printed, and how it ended
	kos []string      // paths of the modules in the copy
}

// try goes the ways until one makes modules, and returns their paths. An error
// in the sources is the last word, for no other way could help; what a way lacks
// that another one may make is not.
func (b *build) try(ctx context.Context, ways []way) ([]string, error) {
	var all []*attempt
	for _, w := range ways {
		a, err := b.goWay(ctx, w)
		if err != nil {
			return nil, err
		}
		if a.good(b) {
			return a.kos, b.fits(a.kos)
		}
		all = append(all, a)
		if !a.open() {
			break
		}
	}
	for _, a := range all {
		if a.way.plain {
			if kos, err := b.partly(ctx, a); err != nil || len(kos) > 0 {
				return kos, err
			}
		}
	}
	return nil, b.sum(all)
}

// goWay builds one way.
func (b *build) goWay(ctx context.Context, w way) (*attempt, error) {
	output, err := w.command.Run(ctx, b.kernel)
	// The copy has names that can be told from what is said of them.
	e, err := kbuild.Explain(output, err, b.stage, b.stage)
	if err != nil {
		return nil, err
	}
	e.Source, e.Output = b.folder.Dir, b.ofSources(e.Output)
	for i, m := range e.Messages {
		e.Messages[i].File, e.Messages[i].Text = b.ofSources(m.File), b.ofSources(m.Text)
	}
	kos, err := b.made()
	return &attempt{w, e, kos}, err
}

// ofSources returns what was printed in the copy as if it had been in the
// sources, by whatever name the copy was called.
func (b *build) ofSources(output string) string {
	names := []string{b.root, b.folder.Root, filepath.Join(b.work, "lib/modules"), "/lib/modules"}
	if b.conf != nil {
		names = append(names, filepath.Join(b.work, b.conf.place()), b.folder.Dir)
	}
	return strings.NewReplacer(names...).Replace(output)
}

// good tells whether the attempt made modules. The exit status is not all: of
// "make; find" it is that of find, so with an error in what was printed no module
// may be missing.
func (a *attempt) good(b *build) bool {
	if a.e.Err != nil || len(a.kos) == 0 {
		return false
	}
	return len(a.e.Messages) == 0 || !b.missing(a.kos)
}

// missing tells whether a module was to be made that is not among kos.
func (b *build) missing(kos []string) bool {
	var wanted []string
	for _, p := range b.promised() {
		wanted = append(wanted, p.name)
	}
	if len(wanted) == 0 {
		modules, err := b.modules()
		if err != nil {
			return true
		}
		wanted = slices.Collect(maps.Keys(modules))
	}
	return slices.ContainsFunc(wanted, func(name string) bool {
		return b.broken[ko.Name(name)] == nil && !slices.ContainsFunc(kos, func(path string) bool { return ko.Name(path) == ko.Name(name) })
	})
}

// open tells whether another way may do better: nothing is said of the sources,
// or they include a header that their own Makefile may make, or know the place
// of.
func (a *attempt) open() bool {
	return len(a.e.Messages) == 0 || slices.ContainsFunc(a.e.Messages, lacksHeader)
}

// lacksHeader tells whether a message is about a header that is not there.
func lacksHeader(m kbuild.Message) bool {
	return m.Line > 0 && strings.HasPrefix(m.Text, "fatal error: ") && strings.HasSuffix(m.Text, ": No such file or directory")
}

// telling says how much the attempt tells about the sources.
func (a *attempt) telling() int {
	switch {
	case len(a.e.Messages) == 0:
		return 0
	case !slices.ContainsFunc(a.e.Messages, func(m kbuild.Message) bool { return !lacksHeader(m) }):
		return 1
	}
	return 2
}

// sum returns the error of the attempt that tells most, the first of such, with
// the output of all.
func (b *build) sum(all []*attempt) *kbuild.Error {
	best := all[0]
	for _, a := range all {
		if a.telling() > best.telling() {
			best = a
		}
	}
	e := *best.e
	if best.way.dkms && e.Err == nil && len(e.Messages) > 0 {
		e.Messages = append(e.Messages, kbuild.Message{File: filepath.Join(b.folder.Dir, dkmsFile), Text: "MAKE ends with another command than make, so its exit status is 0"})
	}
	e.Messages = append(e.Messages, b.ignored()...)
	if best.telling() == 0 {
		e.Messages = append(e.Messages, kbuild.Message{File: b.folder.Dir, Text: why(all)})
	}
	if best.telling() < 2 && len(all) > 1 {
		e.Messages = append(e.Messages, told(all, best)...)
	}
	if found := within(b.folder.Dir); best.telling() == 0 && len(found) > 0 {
		e.Messages = append(e.Messages, kbuild.Message{File: "perhaps", Text: "a folder in it is meant: -dir=" + strings.Join(found, ", -dir=")})
	}
	e.Output = ""
	for _, a := range all {
		e.Output += fmt.Sprintf("$ %s\n%s\n", a.way.text, strings.TrimRight(a.e.Output, "\n"))
	}
	return &e
}

// noRule is make's complaint about a source that is not there.
var noRule = regexp.MustCompile(`(?m)^make.*\*\*\* (No rule to make target '.*', needed by '.*')\.`)

// why says why nothing was built, when no compiler did.
func why(all []*attempt) string {
	for _, a := range all {
		if m := noRule.FindStringSubmatch(a.e.Output); m != nil {
			return "no module was built: " + m[1]
		}
	}
	return "no module was built: does the folder set obj-m, and does its Makefile heed M= or KDIR=?"
}

// told returns which ways were tried, and the last words of each but the one
// that has messages to show.
func told(all []*attempt, shown *attempt) []kbuild.Message {
	var messages []kbuild.Message
	for _, a := range all {
		messages = append(messages, kbuild.Message{File: "tried", Text: a.way.text})
		if a == shown && a.telling() > 0 {
			continue
		}
		for _, line := range lastWords(a.e.Output) {
			messages = append(messages, kbuild.Message{File: "it said", Text: line})
		}
	}
	return messages
}

// lastWords returns the last lines of a build's output that say something.
func lastWords(output string) []string {
	var lines []string
	for line := range strings.Lines(output) {
		if line = strings.TrimSpace(line); line != "" && !chatter.MatchString(line) {
			lines = append(lines, line)
		}
	}
	return lines[max(0, len(lines)-4):]
}

// chatter is what make says whatever happens.
var chatter = regexp.MustCompile(`^make(?:\[\d+\])?: (?:Entering|Leaving|Target .* not remade|\*\*\* .* Error \d)`)
