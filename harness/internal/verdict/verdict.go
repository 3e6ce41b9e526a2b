// SPDX-License-Identifier: GPL-2.0-only

// Package verdict decides what became of a case, and whose doing it was.
//
// The decision is one pure function of recorded facts, so that every road to
// every verdict can be tested without a VM.
package verdict

import "kmodlab/internal/fault"

// Verdict is what became of a case.
type Verdict string

// The verdicts.
const (
	Pass        Verdict = "pass"        // the script finished, every log was as expected, nothing splatted
	Fail        Verdict = "fail"        // what happened differs from the script, or with -strict the kernel remarked on it
	Build       Verdict = "build"       // the module does not build for this kernel
	Load        Verdict = "load"        // the kernel refused a module that it should have taken
	Splat       Verdict = "splat"       // the kernel reported trouble: BUG, WARNING, Oops, taint ...
	Panic       Verdict = "panic"       // the kernel panicked
	Hang        Verdict = "hang"        // a step did not end in time
	Unsupported Verdict = "unsupported" // this kernel lacks what the case needs
	Infra       Verdict = "infra"       // the harness, the archive, the host or the emulator failed
)

// All lists the verdicts from good to bad.
func All() []Verdict {
	return []Verdict{Pass, Unsupported, Fail, Load, Build, Splat, Hang, Panic, Infra}
}

// Owner returns whose fault a verdict is; "" for those that are nobody's.
func (v Verdict) Owner() fault.Owner {
	switch v {
	case Pass, Unsupported:
		return ""
	case Build:
		return fault.Build
	case Infra:
		return fault.Harness
	}
	return fault.Module
}
