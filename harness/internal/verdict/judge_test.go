// SPDX-License-Identifier: GPL-2.0-only

package verdict

import (
	"slices"
	"strings"
	"testing"

	"kmodlab/harness/internal/splat"
	"kmodlab/internal/fault"
)

var (
	oops   = splat.Splat{Kind: splat.Oops, Title: "NULL pointer dereference in f [m]"}
	panics = splat.Splat{Kind: splat.Panic, Title: "Kernel panic: Fatal exception", Follows: true}
	lockup = splat.Splat{Kind: splat.Lockup, Title: "soft lockup in f [m]"}
)

func TestJudge(t *testing.T) {
	splats := func(s ...splat.Splat) []splat.Splat { return s }
	for name, tt := range map[string]struct {
		facts  Facts
		want   Verdict
		reason string
	}{
		"finished":                         {Facts{Began: true, Finished: true, Answered: true}, Pass, ""},
		"finished, and then silence":       {Facts{Began: true, Finished: true, Step: "the end of the script"}, Infra, "the end of the script: the guest said nothing after its last step"},
		"finished, and then it hung":       {Facts{Began: true, Finished: true, Hung: true}, Hang, "the step does not end"},
		"an answer is no end of a script":  {Facts{Began: true, Answered: true}, Fail, "the script did not finish"},
		"no facts at all":                  {Facts{}, Infra, "the case did not begin"},
		"began and nothing more":           {Facts{Began: true}, Fail, "the script did not finish"},
		"stopped at a step, no reason":     {Facts{Began: true, Step: "rmmod m"}, Fail, "rmmod m: the script did not finish"},
		"log differs":                      {Facts{Began: true, Step: "insmod m", Problem: "the log differs"}, Fail, "insmod m: the log differs"},
		"finished with a problem":          {Facts{Began: true, Finished: true, Problem: "a late line"}, Fail, "a late line"},
		"records lost":                     {Facts{Began: true, Finished: true, LostRecords: 7}, Fail, "7 records of the kernel log were lost"},
		"lost records outweigh a mismatch": {Facts{Began: true, Problem: "the log differs", LostRecords: 1}, Fail, "1 records of the kernel log were lost"},

		"a remark":                      {Facts{Began: true, Finished: true, Answered: true, Findings: []string{"x"}}, Pass, ""},
		"strict, and a remark":          {Facts{Began: true, Finished: true, Answered: true, Findings: []string{"x is deprecated", "y"}, Strict: true}, Fail, "with -strict: the kernel remarked: x is deprecated; y"},
		"strict, and nothing to remark": {Facts{Began: true, Finished: true, Answered: true, Strict: true}, Pass, ""},
		"strict, and worse":             {Facts{Began: true, Step: "insmod m", Problem: "the log differs", Findings: []string{"x"}, Strict: true}, Fail, "insmod m: the log differs"},
		"strict, and a splat":           {Facts{Began: true, Finished: true, Answered: true, Splats: splats(oops), Findings: []string{"x"}, Strict: true}, Splat, "NULL pointer dereference in f [m]"},
		"strict, then silence":          {Facts{Began: true, Finished: true, Findings: []string{"x"}, Strict: true}, Infra, "the guest said nothing after its last step"},
		"strict, and unsupported":       {Facts{Began: true, Unsupported: "needs cpus:2", Answered: true, Findings: []string{"x"}, Strict: true}, Unsupported, "needs cpus:2"},

		"build failed":                 {Facts{BuildError: "m.c:3: error"}, Build, "m.c:3: error"},
		"unsupported before a build":   {Facts{Unsupported: "needs export:x", BuildError: "undefined x"}, Unsupported, "needs export:x"},
		"unsupported, says the script": {Facts{Began: true, Unsupported: "needs cpus:2", Answered: true}, Unsupported, "needs cpus:2"},
		"unsupported, then silence":    {Facts{Began: true, Unsupported: "needs cpus:2"}, Infra, "the guest said nothing after its last step"},
		"unsupported, with an Oops":    {Facts{Began: true, Unsupported: "needs cpus:2", Splats: splats(oops)}, Splat, "NULL pointer dereference in f [m]"},

		"insert refused":                {Facts{Began: true, Step: "insmod m", Refused: "m: ENOENT"}, Load, "insmod m: refused: m: ENOENT"},
		"a refusal that is explained":   {Facts{Began: true, Step: "insmod m", Refused: "m: ENODEV", Hints: []string{"no device"}}, Load, "insmod m: refused: m: ENODEV\n  hint: no device"},
		"a build that is explained":     {Facts{BuildError: "build: x", Hints: []string{"a", "b"}}, Build, "build: x\n  hint: a\n  hint: b"},
		"hints are of that alone":       {Facts{Began: true, Problem: "p", Answered: true, Hints: []string{"a"}}, Fail, "p"},
		"refused because of a splat":    {Facts{Began: true, Refused: "m: ENOMEM", Splats: splats(oops)}, Splat, "NULL pointer dereference in f [m]"},
		"splat though all as expected":  {Facts{Began: true, Finished: true, Splats: splats(oops)}, Splat, "NULL pointer dereference in f [m]"},
		"two splats":                    {Facts{Began: true, Splats: splats(oops, lockup)}, Splat, "NULL pointer dereference in f [m]; soft lockup in f [m]"},
		"splat, then the step hung":     {Facts{Began: true, Step: "insmod m", Splats: splats(oops), Hung: true}, Splat, "insmod m: NULL pointer dereference in f [m]; the step does not end"},
		"a lockup is a hang":            {Facts{Began: true, Step: "insmod m", Splats: splats(lockup, lockup), Hung: true}, Hang, "insmod m: the step does not end"},
		"a lockup with a splat":         {Facts{Began: true, Splats: splats(lockup, oops), Hung: true}, Splat, "soft lockup in f [m]; NULL pointer dereference in f [m]; the step does not end"},
		"a lockup that ended":           {Facts{Began: true, Finished: true, Splats: splats(lockup)}, Splat, "soft lockup in f [m]"},
		"the task was killed":           {Facts{Began: true, TaskDied: "killed"}, Splat, "the task that did it was killed: killed"},
		"tainted though all finished":   {Facts{Began: true, Finished: true, Taint: "0x200"}, Splat, "the kernel is tainted: 0x200"},
		"taint of a splat is told once": {Facts{Began: true, Splats: splats(oops), Taint: "0x80"}, Splat, "NULL pointer dereference in f [m]"},

		"hang":                          {Facts{Began: true, Step: "insmod m", Hung: true}, Hang, "insmod m: the step does not end"},
		"hang outweighs a lost agent":   {Facts{Began: true, Hung: true, InfraError: "no answer"}, Hang, "the step does not end"},
		"hang outweighs a refusal":      {Facts{Began: true, Hung: true, Refused: "m: EBUSY"}, Hang, "the step does not end"},
		"starved":                       {Facts{Began: true, Step: "insmod m", Starved: true, InfraError: "ran 4 s of 30 s"}, Infra, "insmod m: ran 4 s of 30 s"},
		"a lockup of a starved guest":   {Facts{Began: true, Splats: splats(lockup), Starved: true, InfraError: "ran 4 s of 30 s"}, Infra, "ran 4 s of 30 s"},
		"a splat of a starved guest":    {Facts{Began: true, Splats: splats(oops), Starved: true, InfraError: "ran 4 s of 30 s"}, Splat, "NULL pointer dereference in f [m]"},
		"panic":                         {Facts{Began: true, Splats: splats(panics), GuestReset: true}, Panic, "Kernel panic: Fatal exception"},
		"panic after an Oops":           {Facts{Began: true, Splats: splats(oops, panics)}, Panic, "NULL pointer dereference in f [m]; from that: Kernel panic: Fatal exception"},
		"panic after a hang":            {Facts{Began: true, Splats: splats(panics), Hung: true}, Panic, "Kernel panic: Fatal exception"},
		"reset without a word":          {Facts{Began: true, Step: "insmod m", GuestReset: true}, Panic, "insmod m: the guest reset itself"},
		"panic, then QEMU is killed":    {Facts{Began: true, Splats: splats(panics), EmulatorDied: "QEMU was killed: signal 9"}, Panic, "Kernel panic: Fatal exception"},
		"QEMU is killed":                {Facts{Began: true, Step: "insmod m", EmulatorDied: "QEMU was killed: signal 9"}, Infra, "insmod m: QEMU was killed: signal 9"},
		"QEMU is killed after a splat":  {Facts{Began: true, Splats: splats(oops), EmulatorDied: "QEMU was killed"}, Infra, "QEMU was killed"},
		"QEMU is killed in a hang":      {Facts{Began: true, Hung: true, EmulatorDied: "QEMU was killed"}, Infra, "QEMU was killed"},
		"the guest went off":            {Facts{Began: true, Step: "run shutdown", GuestOff: true, InfraError: "the VM ended"}, Fail, "run shutdown: the guest switched itself off before the case was over"},
		"an Oops, then it went off":     {Facts{Began: true, Splats: splats(oops), GuestOff: true}, Splat, "NULL pointer dereference in f [m]"},
		"the VM did not come up":        {Facts{InfraError: "no agent within 60 s"}, Infra, "no agent within 60 s"},
		"panic before the case":         {Facts{Splats: splats(panics), GuestReset: true, InfraError: "the kernel died while booting"}, Infra, "the kernel died while booting"},
		"splat before the case":         {Facts{Splats: splats(oops)}, Infra, "the case did not begin"},
		"the harness fails in the case": {Facts{Began: true, Step: "insmod m", InfraError: "cannot write the log"}, Infra, "insmod m: cannot write the log"},
		"the agent is gone, no panic":   {Facts{Began: true, Problem: "x", InfraError: "the agent is gone"}, Infra, "the agent is gone"},
	} {
		t.Run(name, func(t *testing.T) {
			if got := Judge(tt.facts); got != (Result{tt.want, tt.reason}) {
				t.Errorf("Judge(%+v) = %+v; want %+v", tt.facts, got, Result{tt.want, tt.reason})
			}
		})
	}
}

// An infra verdict is the harness's, unless the facts know better; another one
// never is whose they say.
func TestFactsOwner(t *testing.T) {
	for name, tt := range map[string]struct {
		facts Facts
		want  fault.Owner
	}{
		"nobody's":                         {Facts{Began: true, Finished: true, Answered: true, Owner: fault.Host}, ""},
		"the harness's":                    {Facts{InfraError: "x"}, fault.Harness},
		"the host's":                       {Facts{InfraError: "the disk is full", Owner: fault.Host}, fault.Host},
		"the module's, a full disk or not": {Facts{Began: true, Hung: true, Owner: fault.Host}, fault.Module},
	} {
		t.Run(name, func(t *testing.T) {
			if got := tt.facts.OwnerOf(Judge(tt.facts)); got != tt.want {
				t.Errorf("Owner(Judge(%+v)) = %q; want %q", tt.facts, got, tt.want)
			}
		})
	}
}

// TestJudgeKeepsTheOrder goes through every combination of facts and checks
// the rules that hold whatever else is true.
func TestJudgeKeepsTheOrder(t *testing.T) {
	flags := []func(*Facts){
		func(f *Facts) { f.Began = true },
		func(f *Facts) { f.Finished = true },
		func(f *Facts) { f.BuildError = "build" },
		func(f *Facts) { f.InfraError = "infra" },
		func(f *Facts) { f.Problem = "problem" },
		func(f *Facts) { f.Refused = "refused" },
		func(f *Facts) { f.Unsupported = "unsupported" },
		func(f *Facts) { f.Hung = true },
		func(f *Facts) { f.Answered = true },
		func(f *Facts) { f.Starved, f.InfraError = true, "starved" },
		func(f *Facts) { f.GuestReset = true },
		func(f *Facts) { f.EmulatorDied = "died" },
		func(f *Facts) { f.GuestOff = true },
		func(f *Facts) { f.LostRecords = 1 },
		func(f *Facts) { f.Taint = "0x200" },
		func(f *Facts) { f.Splats = append(f.Splats, oops) },
		func(f *Facts) { f.Splats = append(f.Splats, panics) },
		func(f *Facts) { f.Splats = append(f.Splats, lockup) },
	}
	for mask := range 1 << len(flags) {
		var f Facts
		for i, set := range flags {
			if mask&(1<<i) != 0 {
				set(&f)
			}
		}
		got := Judge(f)
		if broken := brokenRule(f, got); broken != "" {
			t.Fatalf("Judge(%+v) = %+v; %s", f, got, broken)
		}
	}
}

// brokenRule returns the rule that a result breaks, or "".
func brokenRule(f Facts, got Result) string {
	v := got.Verdict
	hasPanic := slices.ContainsFunc(f.Splats, func(s splat.Splat) bool { return s.Kind == splat.Panic })
	troubled := len(f.Splats) > 0 || f.Taint != "" || f.Hung || f.GuestReset || f.GuestOff || f.EmulatorDied != "" || f.LostRecords > 0 ||
		f.InfraError != "" || f.Problem != "" || f.Refused != ""
	switch {
	case !slices.Contains(All(), v):
		return "want a verdict of All"
	case v == Pass && (!f.Began || !f.Finished || !f.Answered || troubled):
		return "only a case that began, finished, saw no trouble and answered to the end passes"
	case v == Unsupported && f.Began && !f.Answered:
		return "a guest that does not answer says nothing about what it lacks"
	case (v == Pass) != (got.Reason == ""):
		return "a reason is there exactly if the case did not pass"
	case !f.Began && v != Infra && v != Build && v != Unsupported:
		return "a case that did not begin is infra, build or unsupported"
	case f.Began && (hasPanic || f.GuestReset) != (v == Panic):
		return "a panic outweighs everything"
	case f.Began && v != Panic && f.EmulatorDied != "" && v != Infra:
		return "an emulator that died is infra"
	case f.Began && f.GuestOff && (v == Infra && f.EmulatorDied == "" || v == Load || v == Unsupported):
		return "nobody but the guest switches it off"
	case v == Hang && (slices.ContainsFunc(f.Splats, isNoLockup) || f.Taint != ""):
		return "a splat outweighs a hang"
	case (v == Load || v == Fail) && (f.Hung || len(f.Splats) > 0 && !f.Starved || slices.ContainsFunc(f.Splats, isNoLockup)):
		return "a splat and a hang outweigh what the script saw"
	case strings.HasSuffix(got.Reason, ": "):
		return "want a reason after the step"
	}
	return ""
}
