// SPDX-License-Identifier: GPL-2.0-only

package splat

import "strings"

// Where lines do not tell their caller, the report of another CPU may begin before
// one is through. Then a line is given to the one of the two that it can be of, by
// what each has told already, and to none where it may be of both: a name that is
// missing is better than a wrong one.

// leave ends r because its caller began another report with text, unless r is surely
// not through. It returns r if the other one tells where r happened: before
// Linux 5.10 a WARN() that panics may do that before it tells its trace (kernel/panic.c,
// __warn).
func (f *finder) leave(r *report, text string) (cause *report) {
	panics := strings.HasPrefix(text, "Kernel panic")
	switch {
	case r == nil:
		return nil
	case panics && !r.traced && tellsWarn(r.head) && strings.Contains(text, ": panic_on_warn set"):
		cause = r
	case panics, r.caller != "", !r.unfinished():
		f.close(r)
		return nil
	}
	if other := f.interrupted(r); other != nil {
		f.close(other) // there are no three
	}
	return cause
}

// interrupted returns the report that r interrupted, if there is one.
func (f *finder) interrupted(r *report) *report {
	for i, o := range f.open {
		if o == r && i > 0 && f.open[i-1].caller == r.caller {
			return f.open[i-1]
		}
	}
	return nil
}

// shared gives a line that is no headline to r or to the report that it interrupted,
// and tells whether that was done.
func (f *finder) shared(r *report, n int, text string) bool {
	if r == nil || r.caller != "" || r.cause != nil {
		return false
	}
	other := f.interrupted(r)
	switch {
	case other == nil:
		return false
	case other.ended || strings.HasSuffix(text, dropped):
		f.close(other)
		return false
	}
	fits := fitting(text)
	if fits == nil {
		return false
	}
	r.last, r.gap, r.others, other.others = n, 0, 0, 0
	switch mine, its := fits(r), fits(other); {
	case mine && its:
		r.doubt(text)
		other.doubt(text)
	case mine:
		r.take(text)
	case its:
		other.take(text)
	}
	return true
}

// dropped ends what a console is told of records that came too fast for it.
const dropped = " printk messages dropped **"

// fitting returns which reports a line may be of, by what they have told, or nil
// where it says nothing of whose it is.
func fitting(text string) func(r *report) bool {
	frame, ok := parseFrame(text)
	switch {
	case endTrace(text):
		return func(r *report) bool { return r.dies() && !r.ended }
	case tellsCPU(text):
		return func(r *report) bool { return !r.placed }
	case beginsTrace(text):
		return func(r *report) bool { return r.placed && !r.traced && (r.here || !r.dies()) }
	case ok && frame.here:
		return func(r *report) bool { return r.dies() && r.placed && !r.here }
	case ok || taskEnd(text):
		return func(r *report) bool { return r.traced && !r.through }
	}
	return nil
}

// doubt notes what a line says that is of r or of another.
func (r *report) doubt(text string) {
	r.doubted = true
	r.placed = r.placed || tellsCPU(text)
	r.traced = r.traced || beginsTrace(text)
}

// unfinished tells whether more of the report has to come: the frames of a trace, or
// the end that follows the registers.
func (r *report) unfinished() bool {
	return !r.ended && (r.placed && !r.traced || r.within || r.dies())
}

// dies tells whether it is a report with registers and an end: an Oops, a BUG() or a
// WARN(). The others are told by dump_stack().
func (r *report) dies() bool {
	return r.cut || r.sig != nil && (r.sig.kind == Oops || isDeath(r.head))
}

// isDeath knows the lines that the registers of a WARN() or a BUG() follow.
func isDeath(text string) bool {
	return tellsWarn(text) || strings.HasPrefix(text, "kernel BUG at ")
}

func beginsTrace(text string) bool { return text == "Call Trace:" || text == "Call trace:" }

// taskBegin and taskEnd know what a trace of a task is within, on x86 since 5.16.
func taskBegin(text string) bool { return text == "<TASK>" }
func taskEnd(text string) bool   { return text == "</TASK>" }
