// SPDX-License-Identifier: GPL-2.0-only

package matrix

import (
	"errors"
	"fmt"
	"slices"

	"kmodlab/harness/internal/klog"
	"kmodlab/harness/internal/kmsg"
	"kmodlab/harness/internal/lesson"
	"kmodlab/harness/internal/splat"
	"kmodlab/harness/internal/verdict"
	"kmodlab/harness/internal/vm"
	"kmodlab/internal/fault"
)

// facts turns what the script, the guest and the VM's end say into what the
// judge wants to know.
func facts(b *guest, o lesson.Outcome, fate vm.Fate) verdict.Facts {
	f := verdict.Facts{
		Began: true, Finished: o.Finished, Step: o.Step, Problem: o.Problem, Unsupported: o.Unsupported,
		TaskDied: b.died, LostRecords: max(b.lost, fate.Lost),
		Answered: b.last != nil || o.Ended != "" && o.Ended == ends[fate.How],
	}
	if o.Refused != nil {
		f.Refused = o.Refused.Module + ": " + o.Refused.Errno
	}
	if o.Finished && b.trouble != "" {
		f.Step = b.trouble // the script went on, for it compares no logs
	}
	lost, isLost := errors.AsType[*vm.Lost](o.Err)
	switch {
	case o.Err == nil || errors.Is(o.Err, errTaskDied):
	case errors.Is(o.Err, errLivesOn):
		f.Problem = o.Err.Error()
	case isLost && lost.Kind == vm.LostHung:
		f.Hung = true
	case isLost && lost.Kind == vm.LostStarved:
		f.Starved, f.Owner = true, fault.Host
		f.InfraError = lost.Error() + "\n  hint: run it again when this machine is less busy, or see whether somebody has stopped its processes"
	case isLost && lost.Kind == vm.LostAgent:
		f.InfraError = lost.Error() + "\n  hint: the console, at the end of the log, shows what it said last; mend the script if that is what killed it"
	default:
		f.InfraError, f.Owner = o.Err.Error(), fault.Of(o.Err)
	}
	if o.Ended == "" || o.Ended != ends[fate.How] { // as the script asked is no fault
		ended(&f, fate)
	}
	return f
}

// ended adds what the VM's end says, if it was not we who ended it.
func ended(f *verdict.Facts, fate vm.Fate) {
	switch fate.How {
	case vm.Panicked, vm.Reset:
		f.GuestReset = true
	case vm.PowerOff:
		if words := fate.LastWords(); words != "" {
			f.InfraError = "the agent gave up: " + words
		} else {
			f.GuestOff = true
		}
	case vm.Signalled:
		f.Owner = fault.Host
		f.EmulatorDied = fmt.Sprintf("QEMU was ended by another program (%s)\n  hint: run the case again; when the machine is short of memory, its kernel log (dmesg) names whom it killed", fate.Status)
	case vm.Crashed:
		f.Owner = fault.Host
		f.EmulatorDied = fmt.Sprintf("QEMU failed (%s)\n  hint: read QEMU's own words at the end of the log below", fate.Status)
	}
}

// splats are those of the kernel log and, for a guest that did not answer to the
// end, those that only the console saw: what a dying kernel prints last does not
// reach the agent, nor does what the kernel says of killing that one. Of a kernel
// that lives the log has all, and the console, which is quiet, only parts.
func splats(fate vm.Fate, answered bool) []splat.Splat {
	found := slices.Collect(splat.Find(kmsg.Lines(fate.Records)))
	if answered && (fate.How == vm.Closed || fate.How == vm.Killed) { // it lived until we ended it
		return found
	}
	known := map[string]bool{}
	for _, s := range found {
		known[s.Title] = true
	}
	for s := range splat.Find(klog.Text(fate.Console)) {
		if !known[s.Title] {
			found = append(found, s)
		}
	}
	return found
}
