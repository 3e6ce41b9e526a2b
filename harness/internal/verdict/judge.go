// SPDX-License-Identifier: GPL-2.0-only

package verdict

import (
	"fmt"
	"slices"
	"strings"

	"kmodlab/harness/internal/splat"
	"kmodlab/internal/fault"
)

// Facts are what was recorded of a case.
type Facts struct {
	BuildError   string      // why the modules could not be built; "" when they were
	InfraError   string      // why the case could not be run: no kernel, no VM, harness error
	Owner        fault.Owner // whose fault an infra verdict is; "" for the harness
	Began        bool        // the VM answered and the script's first step was ordered
	Finished     bool        // the script ran to its end and every log was as expected
	Step         string      // the step that was under way or at which the script ended
	Problem      string      // what was not as the script says
	Refused      string      // "notify: ENOENT": a refusal that the script did not expect
	Hints        []string    // what a refusal, or an error of the build, comes of and how to get out of it
	Unsupported  string      // what the kernel lacks
	Hung         bool        // it was proved that the step does not end
	Starved      bool        // the step did not end, and the VM got too little of the machine to prove anything by that
	Answered     bool        // after its last step the guest said that it lives, how it is tainted, and all of its log; or it ended as the script asked
	TaskDied     string      // how the task that did the step was killed; "" when it lives
	GuestReset   bool        // the guest reset itself: with panic=-1, what a panic does
	GuestOff     bool        // the guest switched itself off, which neither the agent nor the harness had it do
	EmulatorDied string      // how QEMU ended, when we did not end it; "" otherwise
	LostRecords  uint64      // records of the kernel log that were overwritten unread

	Splats []splat.Splat // from the kernel log and from the console, without those that are allowed
	Taint  string        // unexpected taint flags of the kernel after the case

	Findings []string // what the kernel remarked and went on, without what is allowed
	Strict   bool     // nothing may be remarked
}

// Result is the verdict and its reason in one sentence.
type Result struct {
	Verdict Verdict
	Reason  string // "" for a pass
}

// OwnerOf returns whose fault the result is; "" for one that is nobody's.
func (f Facts) OwnerOf(r Result) fault.Owner {
	if r.Verdict == Infra && f.Owner != "" {
		return f.Owner
	}
	return r.Verdict.Owner()
}

// Judge decides. The order is the rule: what makes everything later
// meaningless comes first, and a kernel in trouble outweighs a script that did
// not notice. Only a script that said it finished can pass, on a guest that
// answered after that: silence is no good news.
//
// A kernel that dies before the case begins is nobody's module's fault. After
// that: panic before splat before hang before everything that the script said.
func Judge(f Facts) Result {
	if !f.Began {
		return unbegun(f)
	}
	for _, trouble := range []func(Facts) (Result, bool){panicked, emulatorDied, splatted, hung, wentOff} {
		if result, ok := trouble(f); ok {
			return result
		}
	}
	switch {
	case f.InfraError != "":
		return Result{Infra, at(f, f.InfraError)}
	case f.LostRecords > 0:
		return Result{Fail, at(f, fmt.Sprintf("%d records of the kernel log were lost", f.LostRecords))}
	case f.Refused != "":
		return Result{Load, hinted(at(f, "refused: "+f.Refused), f.Hints)}
	case f.Problem != "":
		return Result{Fail, at(f, f.Problem)}
	case f.Unsupported == "" && !f.Finished:
		return Result{Fail, at(f, "the script did not finish")}
	case !f.Answered:
		return Result{Infra, at(f, "the guest said nothing after its last step")}
	case f.Unsupported != "":
		return Result{Unsupported, f.Unsupported}
	case f.Strict && len(f.Findings) > 0:
		return Result{Fail, "with -strict: the kernel remarked: " + strings.Join(f.Findings, "; ")}
	}
	return Result{Pass, ""}
}

// unbegun judges a case that was never set on a VM.
func unbegun(f Facts) Result {
	switch {
	case f.Unsupported != "":
		return Result{Unsupported, f.Unsupported}
	case f.BuildError != "":
		return Result{Build, hinted(f.BuildError, f.Hints)}
	}
	return Result{Infra, or(f.InfraError, "the case did not begin")}
}

// panicked tells the panic and what led to it: the Oops before a "Fatal
// exception" is the news.
func panicked(f Facts) (Result, bool) {
	switch {
	case slices.ContainsFunc(f.Splats, func(s splat.Splat) bool { return s.Kind == splat.Panic }):
		return Result{Panic, at(f, titles(f.Splats))}, true
	case f.GuestReset:
		return Result{Panic, at(f, or(titles(f.Splats), "the guest reset itself"))}, true
	}
	return Result{}, false
}

func emulatorDied(f Facts) (Result, bool) {
	return Result{Infra, at(f, f.EmulatorDied)}, f.EmulatorDied != ""
}

// splatted passes over the reports of a lockup when the step hung: they say of
// the hang what is known, and whether they come before it is proved is chance.
// They say nothing at all of a guest that did not get to run.
func splatted(f Facts) (Result, bool) {
	if (f.Hung || f.Starved) && f.TaskDied == "" && f.Taint == "" && !slices.ContainsFunc(f.Splats, isNoLockup) {
		return Result{}, false
	}
	var reasons []string
	if len(f.Splats) > 0 {
		reasons = append(reasons, titles(f.Splats))
	}
	if f.TaskDied != "" {
		reasons = append(reasons, "the task that did it was killed: "+f.TaskDied)
	}
	if f.Taint != "" && len(reasons) == 0 {
		reasons = append(reasons, "the kernel is tainted: "+f.Taint)
	}
	if len(reasons) > 0 && f.Hung {
		reasons = append(reasons, late)
	}
	return Result{Splat, at(f, strings.Join(reasons, "; "))}, len(reasons) > 0
}

func isNoLockup(s splat.Splat) bool { return s.Kind != splat.Lockup }

// late is the reason of a hang.
const late = "the step does not end"

// hung leaves out the lockups that the kernel reported, as splatted does.
func hung(f Facts) (Result, bool) {
	return Result{Hang, at(f, late)}, f.Hung
}

// wentOff blames the module or the script for a machine that switched itself
// off: nobody else was at work in it, and what was to come after that was not
// seen.
func wentOff(f Facts) (Result, bool) {
	return Result{Fail, at(f, "the guest switched itself off before the case was over")}, f.GuestOff
}

// titles returns each title once: a lockup is reported again and again. What only
// follows from trouble is told behind it.
func titles(splats []splat.Splat) string {
	var causes, effects []string
	for _, s := range splats {
		switch {
		case slices.Contains(causes, s.Title) || slices.Contains(effects, s.Title):
		case s.Follows && len(splats) > 1:
			effects = append(effects, s.Title)
		default:
			causes = append(causes, s.Title)
		}
	}
	if len(causes) > 0 && len(effects) > 0 {
		effects[0] = "from that: " + effects[0]
	}
	return strings.Join(append(causes, effects...), "; ")
}

func at(f Facts, reason string) string {
	if f.Step == "" {
		return reason
	}
	return f.Step + ": " + reason
}

// hinted is reason with hints behind it, in the way of package fault.
func hinted(reason string, hints []string) string {
	for _, h := range hints {
		reason += "\n  hint: " + h
	}
	return reason
}

func or(text, otherwise string) string {
	if text == "" {
		return otherwise
	}
	return text
}
