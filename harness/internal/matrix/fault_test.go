// SPDX-License-Identifier: GPL-2.0-only

package matrix

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"kmodlab/harness/internal/emulator/emulatortest"
	"kmodlab/harness/internal/host"
	"kmodlab/harness/internal/lesson"
	"kmodlab/harness/internal/report"
	"kmodlab/harness/internal/verdict"
	"kmodlab/internal/kernel"
	"kmodlab/vmimages"
	"kmodlab/vmimages/vmimagestest"
)

// quiet is a view that shows nothing.
type quiet struct{}

func (quiet) Step(_, _, _ string)    {}
func (quiet) Log(_, _, _ string)     {}
func (quiet) Verdict(verdict.Record) {}

// testKernel names, in the environment, the series that faults are provoked on:
// some, with commas between them, or "all" of the test set.
const testKernel = "KMODLAB_TEST_KERNEL"

// tested are the series that testKernel names; without it the one of Debian's
// stable release.
func tested(t *testing.T) []string {
	t.Helper()
	switch names := os.Getenv(testKernel); names {
	case "":
		return []string{"6.12"}
	case "all":
		catalogue, err := vmimages.Load()
		if err != nil {
			t.Fatal(err)
		}
		var all []string
		for _, s := range catalogue.Default() {
			all = append(all, s.Name)
		}
		return all
	default:
		return strings.Split(names, ",")
	}
}

// newRunner returns a runner for the modules in kmod, or skips the test where
// a VM of the series cannot be had without a download or an installation.
func newRunner(t *testing.T, kmod, series string) (*Runner, kernel.Source) {
	t.Helper()
	c, source := vmimagestest.Kernel(t, series)
	root, err := filepath.Abs("../../..")
	if err != nil {
		t.Fatal(err)
	}
	return &Runner{Cache: c, Root: root, Kmod: kmod, Out: t.TempDir(), View: quiet{}, QEMU: emulatortest.Find(t), Limit: 4 * time.Second}, source
}

// Every fault gets its verdict, on every kernel, and the reason names it.
func TestFaults(t *testing.T) {
	for _, series := range tested(t) {
		t.Run(series, func(t *testing.T) { testFaults(t, series) })
	}
}

func testFaults(t *testing.T, series string) {
	kmod, err := filepath.Abs("../../testdata/faults")
	if err != nil {
		t.Fatal(err)
	}
	r, source := newRunner(t, kmod, series)
	lessons, err := lesson.Find(kmod)
	if err != nil {
		t.Fatal(err)
	}
	records, err := r.Run(context.Background(), Plan([]kernel.Source{source}, lessons, nil))
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]struct {
		verdict verdict.Verdict
		reason  string
	}{
		"init-error":    {verdict.Load, "fault_enodev: ENODEV"},
		"init-oops":     {verdict.Splat, "NULL pointer dereference"},
		"callback-oops": {verdict.Splat, "NULL pointer dereference"},
		"panic":         {verdict.Panic, "Kernel panic"},
		"bug":           {verdict.Splat, "kernel BUG"},
		"warn":          {verdict.Splat, "WARNING"},
		"loop":          {verdict.Hang, "insmod fault_loop"},
		"loop-irqoff":   {verdict.Hang, "insmod fault_loop_irqoff"},
		"last":          {verdict.Hang, "the end of the script: the step does not end"},
		"deadlock":      {verdict.Hang, "insmod fault_deadlock"},
		"exit-hang":     {verdict.Hang, "rmmod fault_exit_hang"},
		"stack":         {verdict.Panic, "stack"},
		"oom":           {verdict.Splat, "out of memory"},
		"flood":         {verdict.Fail, "lost"},
		"stale":         {verdict.Splat, "rmmod fault_chain: "},
		"power-off":     {verdict.Fail, "run shutdown: the guest switched itself off"},
		"agent-killed":  {verdict.Infra, "the agent in the VM ended"},
	}
	if len(records) != len(want) {
		t.Errorf("%d cases ran; want %d", len(records), len(want))
	}
	for _, got := range records {
		t.Run(got.Case, func(t *testing.T) {
			w := want[got.Case]
			if got.Verdict != w.verdict || !strings.Contains(got.Reason, w.reason) {
				log, _ := os.ReadFile(filepath.Join(r.Out, got.Log))
				t.Errorf("verdict %s, reason %q; want %s, a reason with %q\n%s", got.Verdict, got.Reason, w.verdict, w.reason, tail(string(log), 40))
			}
			if w.verdict == verdict.Hang && !strings.Contains(got.Stack, "fault_") {
				t.Errorf("it hangs in %q; want the stack of the module", got.Stack)
			}
			if got.Log == "" {
				t.Error("the kernel log was not kept")
			}
			if got.Case == "flood" {
				checkFlood(t, got)
			}
			var shown strings.Builder
			report.Failures(&shown, []verdict.Record{got}, "out")
			t.Log(shown.String())
			// Where the report names a function of the module, the line of
			// its source stands below it.
			if place := "fault_" + strings.ReplaceAll(got.Case, "-", "_") + ".c:"; slices.Contains([]string{"callback-oops", "bug", "warn"}, got.Case) && !strings.Contains(got.Trouble, place) {
				t.Errorf("the kernel reported\n%s\nwant a line with %s", got.Trouble, place)
			}
			if len(got.Steps) == 0 || got.Script == "" {
				t.Errorf("steps %v of script %q; want what the script did", got.Steps, got.Script)
			}
		})
	}
	if exit := (verdict.Run{Records: records}.Judge()).Exit(); exit != 1 {
		t.Errorf("exit status %d; want 1", exit)
	}
	nothingLeft(t, r)
}

// checkFlood checks that of 100000 numbered lines each is there in its place or
// counted as lost.
func checkFlood(t *testing.T, r verdict.Record) {
	t.Helper()
	var lost int
	if _, err := fmt.Sscanf(r.Reason, "insmod fault_flood: %d records", &lost); err != nil {
		t.Errorf("reason %q: %v; want a number", r.Reason, err)
	}
	lines, last := 0, -1
	for line := range strings.Lines(r.Diff) {
		var n int
		if _, err := fmt.Sscanf(line, "+fault_flood: line %d", &n); err != nil {
			continue
		}
		if n <= last {
			t.Fatalf("line %d comes after line %d", n, last)
		}
		lines, last = lines+1, n
	}
	if lines == 0 || lines+lost < 100_000 {
		t.Errorf("%d lines and %d lost; want all 100000", lines, lost)
	}
}

func tail(text string, n int) string {
	lines := strings.Split(text, "\n")
	return fmt.Sprintf("... %s", strings.Join(lines[max(0, len(lines)-n):], "\n"))
}

// nothingLeft looks for what the runner left behind: a QEMU, a folder, a lock.
func nothingLeft(t *testing.T, r *Runner) {
	t.Helper()
	if pids := host.Emulators(os.Getpid()); len(pids) > 0 {
		t.Errorf("QEMUs %v still run; want none", pids)
	}
	for _, sub := range []string{"tmp", "locks"} {
		left, err := filepath.Glob(filepath.Join(r.Cache.Root(), sub, fmt.Sprintf("*-%d-*", os.Getpid())))
		if err != nil || len(left) > 0 {
			t.Errorf("%v, %v are left; want nothing", left, err)
		}
	}
}
