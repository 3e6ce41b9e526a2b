// SPDX-License-Identifier: GPL-2.0-only

package splat

import (
	"regexp"
	"slices"
	"strings"
	"time"
)

// idle is how many lines that are no part of a report may stand between two
// that are: other CPUs and user space write to the same console.
const idle = 8

// most is how many lines of a report are kept: a flood is not worth its memory.
const most = 4000

var (
	endLine  = regexp.MustCompile(`^---\[ end (?:trace|Kernel panic)`)
	cutLine  = regexp.MustCompile(`^(?:-+\[|8<---) ?cut here (?:\]-+|---)$`) // kernel/panic.c; arch/arm/mm/fault.c
	tailLine = starting(`note: .{1,15}\[\d+\] exited with |Kernel Offset: |RIP: |Code: |RSP: |R[A-Z0-9]{2}: |[CDEFGS]S: |CR\d: |DR\d: |PKRU: |EFLAGS: `)
	// dump_stack_print_info() of lib/dump_stack.c; the UID came with 6.12.
	dumpLine = regexp.MustCompile(`^CPU: \d+ (?:UID: \d+ )?PID: \d+ Comm: `)
	// __warn() and report_bug(), on any kernel.
	warnLine = starting(`WARNING: (?:CPU: \d+ PID: \d+ |\S+:\d+ )?at `)
	// The kernel has died before (kernel/panic.c, the flag D), or counts it.
	again = regexp.MustCompile(`Tainted: [A-Z ]*D|\[#(?:[2-9]|\d\d+)\]`)
)

// Most lines are none of these, and an expression takes its time.

func isTail(text string) bool   { return tailLine.MatchString(text) }
func endTrace(text string) bool { return strings.HasPrefix(text, "---[") && endLine.MatchString(text) }
func cutHere(text string) bool {
	return text == "------------[ cut here ]------------" || strings.Contains(text, "cut here") && cutLine.MatchString(text)
}
func tellsCPU(text string) bool {
	return strings.HasPrefix(text, "CPU: ") && dumpLine.MatchString(text)
}
func tellsWarn(text string) bool {
	return strings.HasPrefix(text, "WARNING: ") && warnLine.MatchString(text)
}

// arm64Trace knows how a call trace of arm64 begins. In Linux 4.4 that of a WARN()
// came behind the end (arch/arm64/kernel/traps.c, bug_handler).
func arm64Trace(text string) bool { return text == "Call trace:" }

// opens tells whether a report begins with a line that is no headline: "cut
// here", or the first line of a stack dump, or one that somebody asked for.
func opens(text string) bool {
	switch text[0] { // most lines are none of these, and expressions take their time
	case '-', '8':
		return cutHere(text)
	case 'C':
		return tellsCPU(text)
	case 's', 'S', 'N':
		return quiet.MatchString(text)
	}
	return false
}

// report is a splat that is still being read.
type report struct {
	caller      string
	first, last int
	time        time.Duration // of first
	gap         int           // lines since last that belong to something else
	others      int           // lines since last of other callers
	ended       bool
	traced      bool      // its call trace has begun
	placed      bool      // it has told on which CPU it is
	here        bool      // and where that was
	cut         bool      // it has "cut here"
	within      bool      // its trace has begun, and will say when it ends
	through     bool      // it has said so
	doubted     bool      // a line may have been of it, or of another report
	dump        bool      // it began with no headline
	sig         *headline // nil while only "cut here" has been seen
	head        string    // the line of sig
	heads       int       // how many lines were that
	message     string    // what stands between "cut here" and that line, or before a stack dump
	lines       []string
	cause       *report // it tells what that did not tell before
	again       int     // index in lines where a report of the same lockup begins; 0 when there is none
}

// warningLevel is that of what WARN() prints, unless it is more urgent.
const warningLevel = 4

// waits tells whether only "cut here" has been seen. What comes next is the
// message of the WARN(), or another task's line; that is told by being less urgent,
// where the level is known.
func (r *report) waits() bool { return r.sig == nil && !r.dump }

// takes tells whether a line belongs to the report. After the end of a trace
// x86 repeats the registers and tells what was left locked; anything else that
// follows is a new report.
func (r *report) takes(text string, h *headline) bool {
	switch {
	case cutHere(text):
		return !r.ended && r.sig != nil && r.sig.announces
	case r.ended:
		return isTail(text) || !r.traced && arm64Trace(text)
	case h != nil:
		return r.sig == nil && !r.dump || r.sig != nil && (continues(r.sig, h) && !(h.kind == Oops && r.placed) || r.repeats(h) || r.introduces(text))
	case r.waits():
		return len(r.lines) < idle // the message of a WARN()
	case r.warned():
		return true
	}
	return isBody(text)
}

// repeats tells whether a headline that comes next is the same once more: a tool
// that looks functions up writes one for each that was inlined, or it is the
// message of a WARN().
func (r *report) repeats(h *headline) bool {
	return h == r.sig && h.kind == Sanitizer && r.heads == len(r.lines) || r.warned() && h.announces
}

// introduces tells whether the report began with a headline that is the message of
// the WARN() or BUG() whose line is text.
func (r *report) introduces(text string) bool {
	return r.cut && r.lines[len(r.lines)-1] == r.head && isDeath(text) && !isDeath(r.head)
}

// warned tells whether the line before was that of a WARN() that had no message
// yet. On arm and some others, and before 5.10 on all, that may come behind it
// (kernel/panic.c, __warn).
func (r *report) warned() bool {
	return r.sig != nil && r.sig.kind == Warning && r.message == "" && r.lines[len(r.lines)-1] == r.head && tellsWarn(r.head)
}

func (r *report) add(n int, text string, h *headline) {
	switch {
	case h != nil && (r.sig == nil || r.repeats(h)):
		r.sig, r.head = h, text
		r.heads++
	case r.message == "" && !cutHere(text) && (r.sig == nil || r.warned() && !isBody(text)):
		r.message = text
	}
	if h != nil && h.kind == Lockup && len(r.lines) > 0 && r.again == 0 {
		r.again = len(r.lines)
	}
	r.last, r.gap, r.others = n, 0, 0
	r.take(text)
	if r.cause != nil {
		r.cause.others = 0
		r.cause.take(text)
	}
}

// take adds a line, wherever it stands.
func (r *report) take(text string) {
	r.ended = r.ended && !arm64Trace(text) || endTrace(text)
	r.cut = r.cut || cutHere(text)
	r.traced = r.traced || beginsTrace(text)
	r.placed = r.placed || tellsCPU(text)
	r.within = (r.within || taskBegin(text)) && !taskEnd(text)
	r.through = r.through || taskEnd(text)
	if !r.here && r.dies() {
		f, ok := parseFrame(text)
		r.here = ok && f.here
	}
	if len(r.lines) < most {
		r.lines = append(r.lines, text)
	}
}

// tainted tells whether the report itself says that the kernel had died before.
func (r *report) tainted() bool {
	return slices.ContainsFunc(r.lines, func(line string) bool {
		return (strings.Contains(line, "Tainted: ") || strings.Contains(line, "[#")) && again.MatchString(line)
	})
}

// splat returns what was read; false where it is no report: "cut here" without
// one, a headline that needs a call trace and has none, a stack dump that was
// asked for.
func (r *report) splat() (Splat, bool) {
	lines := r.lines
	if r.again > 0 {
		lines = lines[:r.again]
	}
	sig := r.sig
	if r.dump {
		sig = &dumped
	}
	if sig == nil {
		return Splat{}, false
	}
	frames, module := callTrace(sig, r.head, lines)
	if sig.traced && len(frames) == 0 || r.dump && (quiet.MatchString(r.lines[0]) || askedFor(frames)) {
		return Splat{}, false
	}
	title, at := r.title(sig, frames)
	return Splat{
		Kind: sig.kind, Title: title, First: r.first, Last: r.last, Time: r.time, Lines: lines,
		Function: at, Module: module, Trace: names(frames), Follows: sig.follows,
	}, true
}

// dumped is the headline of a stack dump that has none: dump_stack() of the
// kernel, which nobody calls when all is well.
var dumped = headline{kind: Warning, what: "stack dump", pattern: dumpLine, located: true, traced: true}

// askedFor tells whether it was a module that asked for the dump, or somebody had
// allocations fail (lib/fault-inject.c, fail_dump).
func askedFor(frames []frame) bool {
	i := slices.IndexFunc(frames, func(f frame) bool {
		return !strings.HasPrefix(f.function, "dump_stack") && f.function != "__dump_stack" && f.function != "show_stack"
	})
	return i >= 0 && (frames[i].module != "" || strings.HasPrefix(frames[i].function, "should_fail"))
}

// continues tells whether a line with headline now, inside a report that
// began with before, is just more of that report.
func continues(before, now *headline) bool {
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
