// SPDX-License-Identifier: GPL-2.0-only

package kmsg

import (
	"slices"
	"strings"
)

// Kind is a class of trouble.
type Kind string

// The kinds of trouble that a kernel reports.
const (
	Panic     Kind = "panic"     // the kernel gave up
	Oops      Kind = "oops"      // a fault in kernel mode: page fault, general protection, divide error ...
	Bug       Kind = "bug"       // BUG() and reports that begin with BUG:
	Warning   Kind = "warning"   // WARN() and its like
	Lockup    Kind = "lockup"    // soft and hard lockup, hung task, RCU stall
	Deadlock  Kind = "deadlock"  // lockdep
	Sanitizer Kind = "sanitizer" // KASAN, KCSAN, KMSAN, KFENCE, UBSAN, kmemleak
	Memory    Kind = "memory"    // list, slab, page and reference-count corruption, out of memory
	Taint     Kind = "taint"     // a module taints the kernel in a way that no lesson should
)

// Splat is a report of trouble in a kernel log.
type Splat struct {
	Kind   Kind
	Title  string   // what and where, the same on every run: "NULL pointer dereference in fault_init [fault_oops]"
	First  int      // index of the report's first line in the log
	Last   int      // index of its last line
	Lines  []string // the report, without timestamps
	Module string   // the module on top of the call trace; "" when none is on it
	Trace  []string // the functions of the call trace, innermost first, without the stale ones
}

// idle is how many lines that are no part of a report may stand between two
// that are: other CPUs and user space write to the same console.
const idle = 8

// Splats returns the reports of trouble in the lines of a log, in their order.
// Lines may carry a console's timestamp. A line that is part of the report
// before it ("Oops: 0002" after "BUG: unable to handle") is not counted again.
// Only what the kernel itself prints at the beginning of a line counts: a
// module that prints "x: WARNING: ..." is not in trouble.
func Splats(lines []string) []Splat {
	var (
		splats []Splat
		open   *report
	)
	for i, line := range lines {
		text := strings.TrimSpace(stripStamp(line))
		sig := classify(text)
		switch {
		case open != nil && open.takes(text, sig):
			open.add(i, text, sig)
		case sig != nil || cutHere(text):
			splats = open.appendTo(splats)
			open = &report{first: i, last: i}
			open.add(i, text, sig)
		case open != nil && text != "":
			if open.gap++; open.gap > idle {
				splats, open = open.appendTo(splats), nil
			}
		}
	}
	return open.appendTo(splats)
}

// report is a splat that is still being read.
type report struct {
	first, last int
	gap         int // lines since last that belong to something else
	ended       bool
	sig         *signature // nil while only "cut here" has been seen
	head        string     // the line of sig
	message     string     // what stands between "cut here" and that line
	lines       []string
	again       int // index in lines where a report of the same lockup begins; 0 when there is none
}

// takes tells whether a line belongs to the report. After the end of a trace
// x86 repeats the registers and tells what was left locked; anything else that
// follows is a new report.
func (r *report) takes(text string, sig *signature) bool {
	switch {
	case cutHere(text):
		return !r.ended && r.sig != nil && r.sig.announces
	case r.ended:
		return isTail(text)
	case sig != nil:
		return r.sig == nil || continues(r.sig, sig)
	case r.sig == nil:
		return len(r.lines) < idle // the message of a WARN()
	}
	return isBody(text)
}

func (r *report) add(i int, text string, sig *signature) {
	if r.sig == nil && sig != nil {
		r.sig, r.head = sig, text
	} else if r.message == "" && !cutHere(text) && (r.sig == nil || r.sig.kind == Warning && len(r.lines) == 1) {
		r.message = text
	}
	if endTrace(text) {
		r.ended = true
	}
	if sig != nil && sig.kind == Lockup && len(r.lines) > 0 && r.again == 0 {
		r.again = len(r.lines)
	}
	r.last, r.gap = i, 0
	r.lines = append(r.lines, text)
}

// appendTo appends what was read to splats. "cut here" without a report is no
// report.
func (r *report) appendTo(splats []Splat) []Splat {
	if r == nil || r.sig == nil {
		return splats
	}
	lines := r.lines
	if r.again > 0 {
		lines = lines[:r.again]
	}
	trace, module := callTrace(r.head, lines)
	return append(splats, Splat{
		Kind: r.sig.kind, Title: r.title(trace), First: r.first, Last: r.last,
		Lines: r.lines, Module: module, Trace: names(trace),
	})
}

// continues tells whether a line with signature now, inside a report that
// began with before, is just more of that report.
func continues(before, now *signature) bool {
	switch {
	case now.kind == Panic || before.kind == Panic:
		return false
	case before.announces && now != before:
		return true
	case now.kind == Oops:
		return slices.Contains([]Kind{Oops, Bug, Memory, Sanitizer}, before.kind)
	}
	return before.kind == Lockup && now.kind == Lockup || before == now && now.kind == Memory && !now.announces
}
