// SPDX-License-Identifier: GPL-2.0-only

package splat

import (
	"iter"
	"slices"
	"strings"
	"time"

	"kmodlab/harness/internal/klog"
)

// Splat is a report of trouble in a kernel log.
type Splat struct {
	Kind     Kind
	Title    string        // what and where, the same on every run: "NULL pointer dereference in fault_init [fault_oops]"
	First    int           // number of the report's first line
	Last     int           // number of its last line
	Time     time.Duration // of its first line, since boot; 0 where the log does not tell
	Lines    []string      // the report, without timestamps; of a lockup that is told again and again, once
	Function string        // in which it happened, as the title has it; "" where no function is known
	Module   string        // the module on top of the call trace; "" when none is on it
	Trace    []string      // the functions of the call trace, innermost first, without the stale ones
	Follows  bool          // it only happened because of trouble that was reported before it
}

// In returns the reports of trouble in lines, in their order. Each is what the
// kernel printed, without stamp; First and Last of the splats are indices.
func In(lines []string) []Splat {
	return slices.Collect(Find(func(yield func(klog.Line) bool) {
		for i, text := range lines {
			if !yield(klog.Line{N: i, Text: text}) {
				return
			}
		}
	}))
}

// Find returns the reports of trouble in a log, in the order in which they
// begin; First and Last of a splat are the N of its lines. A line that is part
// of the report before it ("Oops: 0002" after "BUG: unable to handle") is not
// counted again. What the kernel did not print is left out, and of what it did,
// only a headline that no module would print counts behind other text: a module
// that prints "x: WARNING: ..." is not in trouble.
//
// Where lines tell their caller, each caller's report is read apart from the
// others'.
func Find(lines iter.Seq[klog.Line]) iter.Seq[Splat] {
	return func(yield func(Splat) bool) {
		f := finder{before: map[string]string{}}
		for line := range lines {
			if line.Other {
				continue
			}
			f.read(line)
			if !f.tell(yield) {
				return
			}
		}
		f.closeAll()
		f.tell(yield)
	}
}

// finder reads a log.
type finder struct {
	open     []*report         // in the order in which they began
	closed   []*report         // likewise, not told yet
	before   map[string]string // the last line of each caller
	troubled bool              // the kernel has died once: what comes now follows
}

// patience is how many lines of others may stand between two of a report.
const patience = 100

// manyCallers is of how many callers the last line is known: of a long log's tasks,
// few print a stack dump next.
const manyCallers = 1024

func (f *finder) read(line klog.Line) {
	text := strings.TrimSpace(line.Text)
	if text == "" {
		return
	}
	h, at := classify(text)
	text = text[at:]
	r := f.reading(line.Caller, h, text)
	switch {
	case h == nil && f.shared(r, line.N, text):
	case r != nil && !(r.waits() && line.Level > warningLevel) && r.takes(text, h):
		r.add(line.N, text, h)
	case h != nil || opens(text):
		cause := f.leave(r, text)
		r = &report{first: line.N, last: line.N, time: line.Time, caller: line.Caller, cause: cause}
		if h == nil && !cutHere(text) {
			r.dump, r.message = true, f.before[line.Caller]
		}
		r.add(line.N, text, h)
		f.open = append(f.open, r)
	case r != nil:
		if r.gap++; r.gap > idle {
			f.close(r)
		}
	}
	if len(f.before) > manyCallers {
		clear(f.before)
	}
	f.before[line.Caller] = text
	for _, other := range slices.Clone(f.open) {
		if other != r {
			if other.others++; other.others > patience {
				f.close(other)
			}
		}
	}
}

// reading returns the open report that a line is of, if it is of one: the last one of
// its caller, or the last one, when the line can only be a part of a report.
// Lockups have the other CPUs tell where they are.
func (f *finder) reading(caller string, h *headline, text string) *report {
	for _, r := range slices.Backward(f.open) {
		if r.caller == caller {
			return r
		}
	}
	if h != nil || cutHere(text) || len(f.open) == 0 {
		return nil
	}
	if last := f.open[len(f.open)-1]; isBody(text) {
		return last
	}
	return nil
}

func (f *finder) close(r *report) {
	if r == nil {
		return
	}
	if other := f.interrupted(r); other != nil {
		f.close(other) // what it told later is within r
	}
	f.open = slices.DeleteFunc(f.open, func(o *report) bool { return o == r })
	at, _ := slices.BinarySearchFunc(f.closed, r, func(a, b *report) int { return a.first - b.first })
	f.closed = slices.Insert(f.closed, at, r)
}

func (f *finder) closeAll() {
	for len(f.open) > 0 {
		f.close(f.open[0])
	}
}

// tell hands on the closed reports that began before every open one.
func (f *finder) tell(yield func(Splat) bool) bool {
	for len(f.closed) > 0 && (len(f.open) == 0 || f.closed[0].first < f.open[0].first) {
		r := f.closed[0]
		f.closed = f.closed[1:]
		s, ok := r.splat()
		if !ok {
			continue
		}
		s.Follows = s.Follows || f.troubled && r.tainted()
		f.troubled = f.troubled || s.Kind == Oops || s.Kind == Bug || s.Kind == Panic
		if !yield(s) {
			return false
		}
	}
	return true
}
