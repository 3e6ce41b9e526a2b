// SPDX-License-Identifier: GPL-2.0-only

package harness

import (
	"fmt"
	"strings"

	"kmodlab/harness/internal/report"
	"kmodlab/harness/internal/verdict"
)

// loud shows every step and every line of the kernel log, for a person who
// watches.
type loud struct{ *report.Terminal }

func (v loud) Step(_, id, step string) { v.Printf("\n[%s] $ %s\n", id, step) }
func (v loud) Log(_, _, line string)   { v.Printf("  %s\n", line) }

func (v loud) Verdict(r verdict.Record) {
	v.Printf("\n%s  %s/%s on %s  (%s)\n", strings.ToUpper(string(r.Verdict)), r.Lesson, r.Case, r.On(), how(r))
}

// how says how long a case took, or what the kernel lacks. Why a case could not
// be run is told at the end, once for all of its like.
func how(r verdict.Record) string {
	switch {
	case r.Verdict == verdict.Unsupported:
		return r.Reason
	case r.VM == "":
		return "no VM"
	}
	return fmt.Sprintf("%s, %.1f s", r.VM, r.Seconds)
}

// brief shows one line a case, for many of them, and tells of one that lasts.
type brief struct{ *report.Terminal }

func (v brief) Step(kernel, id, step string) { v.At(cell(kernel, id), id+" on "+kernel+": "+step) }
func (v brief) Log(_, _, _ string)           {}

func (v brief) Verdict(r verdict.Record) {
	v.Left(cell(r.Kernel, r.Lesson+"/"+r.Case))
	v.Printf("%-11s %5.2fs  %s/%s on %s\n", r.Verdict, r.Seconds, r.Lesson, r.Case, r.On())
}

// cell names a case on a kernel.
func cell(kernel, id string) string { return kernel + " " + id }

func or(text, otherwise string) string {
	if text == "" {
		return otherwise
	}
	return text
}

// counting shows what each case counted, too.
type counting struct{ brief }

func (v counting) Step(kernel, id, step string) {
	v.brief.Step(kernel, id, step)
	v.Printf("  %s on %s: %s\n", id, kernel, step)
}
