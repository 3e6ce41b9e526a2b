// SPDX-License-Identifier: GPL-2.0-only

package harness

import (
	"fmt"
	"strings"
	"sync"

	"kmodlab/harness/internal/report"
	"kmodlab/harness/internal/verdict"
)

// mostLines is how many lines of a step's log a digest shows.
const mostLines = 12

// digest shows a case when it has ended: its steps, and the first lines that
// the kernel printed at each. Cases that run at once do not mix. It tells of one
// that lasts.
type digest struct {
	*report.Terminal
	out string // the folder that the paths of logs start from

	mu    sync.Mutex
	steps map[string][]*shown // by kernel and case
}

// shown is a step with what the kernel printed.
type shown struct {
	text  string
	lines []string
}

func newDigest(t *report.Terminal, out string) *digest {
	return &digest{Terminal: t, out: out, steps: map[string][]*shown{}}
}

// Step keeps the step for the end.
func (d *digest) Step(kernel, id, step string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.steps[cell(kernel, id)] = append(d.steps[cell(kernel, id)], &shown{text: step})
	d.At(cell(kernel, id), id+" on "+kernel+": "+step)
}

// Log keeps the line with the step that is under way.
func (d *digest) Log(kernel, id, line string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if steps := d.steps[cell(kernel, id)]; len(steps) > 0 {
		last := steps[len(steps)-1]
		last.lines = append(last.lines, line)
	}
}

// Verdict shows the case.
func (d *digest) Verdict(r verdict.Record) {
	d.mu.Lock()
	defer d.mu.Unlock()
	key := cell(r.Kernel, r.Lesson+"/"+r.Case)
	d.Left(key)
	var b strings.Builder
	for _, s := range d.steps[key] {
		fmt.Fprintf(&b, "  $ %s\n", s.text)
		for _, line := range s.lines[:min(len(s.lines), mostLines)] {
			fmt.Fprintf(&b, "    %s\n", line)
		}
		if more := len(s.lines) - mostLines; more > 0 {
			fmt.Fprintf(&b, "    ... %d lines more: %s/%s\n", more, d.out, r.Log)
		}
	}
	delete(d.steps, key)
	reason := ""
	if r.Verdict == verdict.Unsupported {
		reason = ": " + r.Reason
	}
	d.Printf("\n%s  %s/%s on %s  (%s, %.1f s)%s\n%s", strings.ToUpper(string(r.Verdict)), r.Lesson, r.Case, r.On(), or(r.VM, "no VM"), r.Seconds, reason, b.String())
}
