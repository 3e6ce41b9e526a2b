// SPDX-License-Identifier: GPL-2.0-only

package verdict

import (
	"fmt"
	"strings"

	"kmodlab/harness/kmsg"
)

// Facts are what was recorded of a case.
type Facts struct {
	BuildError   string // why the modules could not be built; "" when they were
	InfraError   string // why the case could not be run: no kernel, no VM, harness error
	Began        bool   // the VM answered and the script's first step was ordered
	Finished     bool   // the script ran to its end and every log was as expected
	Step         string // the step that was under way or at which the script ended
	Problem      string // what was not as the script says
	Refused      string // "notify: ENOENT": a refusal that the script did not expect
	Unsupported  string // what the kernel lacks
	TimedOut     bool   // the step did not end in its time
	TaskDied     string // how the task that did the step was killed; "" when it lives
	GuestReset   bool   // the guest reset itself: with panic=-1, what a panic does
	EmulatorDied string // how QEMU ended, when nobody told it to; "" otherwise
	LostRecords  uint64 // records of the kernel log that were overwritten unread

	Splats []kmsg.Splat // from the kernel log and from the console
	Taint  string       // unexpected taint flags of the kernel after the case
}

// Result is the verdict and its reason in one sentence.
type Result struct {
	Verdict Verdict
	Reason  string // "" for a pass
}

// Judge decides. The order is the rule: what makes everything later
// meaningless comes first, and a kernel in trouble outweighs a script that did
// not notice.
func Judge(f Facts) Result {
	switch {
	case f.Unsupported != "":
		return Result{Unsupported, f.Unsupported}
	case f.BuildError != "":
		return Result{Build, f.BuildError}
	case !f.Began:
		return Result{Infra, or(f.InfraError, "the case did not begin")}
	}
	if panicked := find(f.Splats, kmsg.Panic); panicked != nil {
		return Result{Panic, at(f, panicked.Title)}
	}
	switch {
	case f.GuestReset:
		return Result{Panic, at(f, "the guest reset itself")}
	case f.EmulatorDied != "":
		return Result{Infra, at(f, "QEMU "+f.EmulatorDied)}
	case len(f.Splats) > 0:
		return Result{Splat, at(f, titles(f.Splats))}
	case f.TaskDied != "":
		return Result{Splat, at(f, "the task that did it was killed: "+f.TaskDied)}
	case f.TimedOut:
		return Result{Hang, at(f, "the step did not end in time")}
	case f.InfraError != "":
		return Result{Infra, at(f, f.InfraError)}
	case f.Taint != "":
		return Result{Splat, "the kernel is tainted: " + f.Taint}
	case f.LostRecords > 0:
		return Result{Fail, at(f, fmt.Sprintf("%d records of the kernel log were lost", f.LostRecords))}
	case f.Refused != "":
		return Result{Load, at(f, "refused: "+f.Refused)}
	case f.Finished:
		return Result{Pass, ""}
	}
	return Result{Fail, at(f, or(f.Problem, "the script did not finish"))}
}

func find(splats []kmsg.Splat, kind kmsg.Kind) *kmsg.Splat {
	for i := range splats {
		if splats[i].Kind == kind {
			return &splats[i]
		}
	}
	return nil
}

func titles(splats []kmsg.Splat) string {
	var all []string
	for _, s := range splats {
		all = append(all, s.Title)
	}
	return strings.Join(all, "; ")
}

func at(f Facts, reason string) string {
	if f.Step == "" {
		return reason
	}
	return f.Step + ": " + reason
}

func or(text, otherwise string) string {
	if text == "" {
		return otherwise
	}
	return text
}
