// SPDX-License-Identifier: GPL-2.0-only

package matrix

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"kmodlab/harness/cache"
	"kmodlab/harness/kernel"
	"kmodlab/harness/lesson"
	"kmodlab/harness/verdict"
	"kmodlab/harness/vm"
	"kmodlab/vmimages"
	"kmodlab/vmimages/debian"
)

// quiet is a view that shows nothing.
type quiet struct{}

func (quiet) Step(_, _, _ string)    {}
func (quiet) Log(_, _, _ string)     {}
func (quiet) Verdict(verdict.Record) {}

// series is the kernel that faults are provoked on: KMODLAB_TEST_KERNEL, or
// the one of Debian's stable release.
func series() string {
	if s := os.Getenv("KMODLAB_TEST_KERNEL"); s != "" {
		return s
	}
	return "6.12"
}

// newRunner returns a runner for the modules in kmod, or skips the test where
// a VM cannot be had without a download or an installation.
func newRunner(t *testing.T, kmod string) (*Runner, kernel.Source) {
	t.Helper()
	if testing.Short() {
		t.Skip("-short: needs VMs")
	}
	ctx := context.Background()
	if _, err := vm.FindQEMU(ctx, "amd64"); err != nil {
		t.Skipf("no VM: %v", err)
	}
	c, err := cache.Open()
	if err != nil {
		t.Skipf("no cache: %v", err)
	}
	catalogue, err := vmimages.Load()
	if err != nil {
		t.Fatal(err)
	}
	lock, err := vmimages.LoadLock()
	if err != nil {
		t.Fatal(err)
	}
	provider := debian.New(c, catalogue, lock, debian.Options{})
	rows, err := provider.List(ctx)
	if err != nil {
		t.Fatal(err)
	}
	root, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range rows {
		if row.Name == series() && row.Cached {
			return &Runner{Cache: c, Root: root, Kmod: kmod, Out: t.TempDir(), View: quiet{}, Limit: 15 * time.Second}, provider.Source(row.Choice)
		}
	}
	t.Skipf("kernel %s is not in the cache; go tool mage run -kernel=%s fetches it", series(), series())
	return nil, kernel.Source{}
}

// Every fault gets its verdict, and the reason names it.
func TestFaults(t *testing.T) {
	kmod, err := filepath.Abs("../testdata/faults")
	if err != nil {
		t.Fatal(err)
	}
	r, source := newRunner(t, kmod)
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
		"deadlock":      {verdict.Hang, "insmod fault_deadlock"},
		"exit-hang":     {verdict.Hang, "rmmod fault_exit_hang"},
		"stack":         {verdict.Panic, "stack"},
		"oom":           {verdict.Splat, "out of memory"},
		"flood":         {verdict.Fail, "lost"},
		"stale":         {verdict.Splat, "insmod fault_call"},
	}
	if len(records) != len(want) {
		t.Errorf("%d cases ran; want %d", len(records), len(want))
	}
	for _, got := range records {
		t.Run(got.Case, func(t *testing.T) {
			w := want[got.Case]
			if got.Case == "oom" && got.Verdict == verdict.Panic {
				w.verdict = verdict.Panic // when the killer has nobody left to kill
			}
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
		})
	}
	if exit := verdict.Exit(records); exit != 1 {
		t.Errorf("exit status %d; want 1", exit)
	}
}

func tail(text string, n int) string {
	lines := strings.Split(text, "\n")
	return fmt.Sprintf("... %s", strings.Join(lines[max(0, len(lines)-n):], "\n"))
}
