// SPDX-License-Identifier: GPL-2.0-only

package cycle

import (
	"cmp"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"kmodlab/harness/internal/emulator/emulatortest"
	"kmodlab/harness/internal/lesson"
	"kmodlab/harness/internal/matrix"
	"kmodlab/harness/internal/verdict"
	"kmodlab/internal/kernel"
	"kmodlab/vmimages/vmimagestest"
)

// quiet is a view that shows nothing.
type quiet struct{}

func (quiet) Step(_, _, _ string)    {}
func (quiet) Log(_, _, _ string)     {}
func (quiet) Verdict(verdict.Record) {}

// Each module that leaves something behind is found out on a real kernel, in
// its own way, and the one that does not passes.
func TestLeaks(t *testing.T) {
	vmimagestest.Long(t)
	kmod, err := filepath.Abs("../../testdata/cycles")
	if err != nil {
		t.Fatal(err)
	}
	lessons, err := lesson.Find(kmod)
	if err != nil {
		t.Fatal(err)
	}
	r, source := newRunner(t, kmod)
	r.Play = Cycles{Rounds: Warmup + MinRounds}.Play
	records, err := r.Run(context.Background(), matrix.Plan([]kernel.Source{source}, Lessons(lessons), nil))
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]struct {
		verdict verdict.Verdict
		reason  string
	}{
		"neat":   {verdict.Pass, ""},
		"object": {verdict.Fail, "objects more after 40 cycles"},
		"block":  {verdict.Fail, "cycle 2 prints something else than the first one"},
		"file":   {verdict.Splat, "proc_dir_entry"},
	}
	if len(records) != len(want) {
		t.Errorf("%d cases ran; want %d", len(records), len(want))
	}
	for _, got := range records {
		if w := want[got.Case]; got.Verdict != w.verdict || !strings.Contains(got.Reason, w.reason) {
			t.Errorf("%s: verdict %s, reason %q; want %s, a reason with %q\n%s", got.Case, got.Verdict, got.Reason, w.verdict, w.reason, got.Diff)
		}
	}
}

// newRunner returns a runner for the modules in kmod, or skips the test where a
// VM cannot be had without a download or an installation.
func newRunner(t *testing.T, kmod string) (*matrix.Runner, kernel.Source) {
	t.Helper()
	c, source := vmimagestest.Kernel(t, cmp.Or(os.Getenv("KMODLAB_TEST_KERNEL"), "6.12"))
	root, err := filepath.Abs("../../..")
	if err != nil {
		t.Fatal(err)
	}
	return &matrix.Runner{Cache: c, Root: root, Kmod: kmod, Out: t.TempDir(), View: quiet{}, QEMU: emulatortest.Find(t)}, source
}
