// SPDX-License-Identifier: GPL-2.0-only

package splat

import (
	"regexp"
	"slices"
	"strings"
)

var (
	// The frame that some reports name in their first line.
	headFrame = regexp.MustCompile(`(?: in|:\d+ at| at \S+:\d+| at| rIP: \S+) \(?([A-Za-z_][\w.$]*)(?:\+0x[0-9a-f]+/0x[0-9a-f]+|\(\))(?: \[([\w-]+)(?: [0-9a-f]+)?\])?`)
	// The first function of a race, and the one that a work item is, which have no
	// offset (kernel/kcsan/report.c; kernel/workqueue.c, process_one_work).
	race   = regexp.MustCompile(`race in ([A-Za-z_][\w.$]*)(?: \[([\w-]+)\])? / `)
	worker = regexp.MustCompile(`(?:^last function: |\bworkfn=)([A-Za-z_][\w.$]*)(?: \[([\w-]+)\])?$`)
	// The frame of the lock that lockdep is about: print_lock() of
	// kernel/locking/lockdep.c.
	lockFrame = regexp.MustCompile(`\}, at: (.*)$`)
	// A function that was inlined into the one below it, as decode_stacktrace.sh
	// and others write it.
	inlined = regexp.MustCompile(`^(?:\? )?\w+ \S+:\d+ \[inline\]$`)
)

// others are what traces begin with that tell something else: who allocated and
// freed the memory (mm/kasan, mm/kmsan, mm/slub.c, mm/page_owner.c).
var others = []string{
	"Allocated by task", "Freed by task", "allocated by task", "freed by task", "Allocated in ", "Freed in ",
	"Uninit was ", "Local variable ", "Last potentially related work", "Second to last potentially", "page last ", "page allocated via",
}

// isOther tells whether a line begins such a trace, or that of who took the lock
// before (kernel/locking/lockdep.c, print_lock_trace).
func isOther(line string) bool {
	return strings.HasSuffix(line, "state was registered at:") ||
		slices.ContainsFunc(others, func(begin string) bool { return strings.HasPrefix(strings.TrimPrefix(line, "INFO: "), begin) })
}

// isAboutLock tells whether the next line is of the lock that lockdep complains of.
func isAboutLock(line string) bool {
	return strings.Contains(line, " is trying to ") || strings.HasSuffix(line, " takes:")
}

// callTrace returns the frames of a report, innermost first, and the first
// module among them. Frames that the unwinder does not vouch for count only
// where there are no others: after a jump into nowhere. A report may hold more
// traces than the one that tells where it happened: who allocated and freed the
// memory, which locks were taken in which order, the registers once more after
// the end.
func callTrace(sig *headline, head string, lines []string) ([]frame, string) {
	t := tracing{named: inHead(head)}
	t.frames = t.named
	for i, line := range lines {
		if endTrace(line) && (i+1 == len(lines) || !arm64Trace(lines[i+1])) {
			break
		}
		t.read(line)
	}
	frames := t.all()
	if sig.kind == Lockup || sig.byNMI {
		frames = interrupted(frames)
	}
	if i := slices.IndexFunc(frames, func(f frame) bool { return f.module != "" }); i >= 0 {
		return frames, frames[i].module
	}
	return frames, ""
}

// inHead returns the frame that a headline names.
func inHead(head string) []frame {
	m := headFrame.FindStringSubmatch(head)
	if m == nil {
		return named(race, head)
	}
	return []frame{{function: optimised.ReplaceAllString(m[1], ""), module: m[2]}}
}

// named returns the frame that a line names as re says.
func named(re *regexp.Regexp, line string) []frame {
	m := re.FindStringSubmatch(line)
	if m == nil {
		return nil
	}
	return []frame{{function: optimised.ReplaceAllString(m[1], ""), module: m[2]}}
}

// tracing is the traces of a report that is read.
type tracing struct {
	named            []frame // by the headline, or of the lock that it is about
	held             []frame // where the lock was taken that somebody holds
	owner            []frame // of the traces that tell something else
	frames, doubtful []frame
	other            bool // the lines are of a trace that tells something else
	lock             bool // the next line is of the lock
	before           bool // the next line tells where preemption was disabled
}

func (t *tracing) read(line string) {
	lock, before := t.lock, t.before
	t.lock, t.before = isAboutLock(line), line == "Preemption disabled at:"
	switch {
	case before:
		return
	case lock && len(t.named) == 0:
		t.nameLock(line)
	case isOther(line):
		t.other = true
	case line == "Call Trace:", line == "Call trace:": // of arm64
		t.other = false
	case line == "stack backtrace:":
		t.frames, t.other = t.named, false
	case strings.HasPrefix(line, "#") && len(t.held) == 0:
		t.held = lockedAt(line)
	case len(t.named) == 0 && (strings.HasPrefix(line, "last function: ") || strings.HasPrefix(line, "preempt=")):
		t.named = named(worker, line)
		t.frames = append(t.named, t.frames...)
	}
	f, ok := parseFrame(line)
	switch {
	case ok && t.other:
		t.owner = appendFrame(t.owner, f)
	case ok && f.guess:
		t.doubtful = appendFrame(t.doubtful, f)
	case ok:
		t.frames = appendFrame(t.frames, f)
	}
}

// all returns the frames, and where there are none those that are doubtful, or of who
// took the lock, or of whose the memory was.
func (t *tracing) all() []frame {
	for _, frames := range [][]frame{t.frames, t.doubtful, t.held, t.owner} {
		if len(frames) > 0 {
			return frames
		}
	}
	return nil
}

func (t *tracing) nameLock(line string) {
	t.named = lockedAt(line)
	if t.named != nil {
		t.frames = append(t.named, t.frames...)
	}
}

// lockedAt returns the frame in which a lock was taken that a line tells of.
func lockedAt(line string) []frame {
	if m := lockFrame.FindStringSubmatch(line); m != nil {
		if f, ok := parseFrame(m[1]); ok {
			return []frame{f}
		}
	}
	return nil
}

// interrupted returns what a CPU did when it was asked where it is: the frames from
// the first on that a register names, without an interrupt that came in between. One
// in which a module is at work counts.
func interrupted(frames []frame) []frame {
	if i := slices.IndexFunc(frames, func(f frame) bool { return f.here }); i > 0 {
		frames = frames[i:]
	}
	for i, f := range frames {
		switch {
		case f.module != "":
			return frames
		case entry.MatchString(f.function) && i+1 < len(frames):
			return frames[i+1:]
		}
	}
	return frames
}

// entry is how the functions are called through which interrupts come in
// (arch/x86/include/asm/idtentry.h).
var entry = regexp.MustCompile(`^asm_(?:sysvec_\w+|common_interrupt)$`)

// appendFrame appends a frame unless it is the one before it: the register
// that tells where it happened is also the head of some traces.
func appendFrame(frames []frame, f frame) []frame {
	if n := len(frames); n > 0 && frames[n-1].function == f.function && frames[n-1].module == f.module {
		frames[n-1].here = frames[n-1].here || f.here
		return frames
	}
	return append(frames, f)
}

func names(frames []frame) []string {
	var all []string
	for _, f := range frames {
		all = append(all, strings.TrimSpace(f.function))
	}
	return all
}
