// SPDX-License-Identifier: GPL-2.0-only

package matrix

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"kmodlab/harness/internal/foreign"
	"kmodlab/harness/internal/kbuild"
	"kmodlab/harness/internal/lesson"
	"kmodlab/harness/internal/verdict"
	"kmodlab/internal/kernel"
	"kmodlab/vmimages/vmimagestest"
)

// zoo is what becomes of each of testdata/zoo, and what its reason has to say.
var zoo = map[string]struct {
	verdict verdict.Verdict
	reasons []string
}{
	"neat":        {verdict.Pass, nil},
	"late_thread": {verdict.Splat, []string{"page fault"}},
	"late_timer":  {verdict.Panic, []string{"Fatal exception in interrupt"}},
	"left_proc":   {verdict.Fail, []string{"nothing-left: it leaves behind: /proc/left_proc"}},
	"left_much": {verdict.Fail, []string{"nothing-left: it leaves behind: ", "/sys/bus/platform/devices/left_device", "/sys/kernel/debug/left_folder", "/sys/kernel/left_object",
		"character device number ", " left_number", "kernel thread ", "leftq", "slab cache left_cache"}},
	"again":  {verdict.Splat, []string{"insmod again: "}},
	"in_use": {verdict.Load, []string{"rmmod in_use: refused: in_use: EAGAIN"}},
}

// What goes wrong when a module is gone is noticed, on every kernel, and a module
// that takes back whatever it makes passes.
func TestZoo(t *testing.T) {
	vmimagestest.Long(t)
	for _, series := range tested(t) {
		t.Run(series, func(t *testing.T) {
			r, source := newRunner(t, "", series)
			for _, got := range tryFolder(t, r, source, "../../testdata/zoo") {
				t.Run(got.Case, func(t *testing.T) {
					want, log := zoo[got.Case], ""
					if text, err := os.ReadFile(filepath.Join(r.Out, got.Log)); err == nil {
						log = tail(string(text), 40)
					}
					if got.Verdict != want.verdict || want.verdict == verdict.Pass && got.Reason != "" {
						t.Errorf("verdict %s, reason %q; want %s\n%s", got.Verdict, got.Reason, want.verdict, log)
					}
					for _, reason := range want.reasons {
						if !strings.Contains(got.Reason, reason) {
							t.Errorf("reason %q; want one with %q\n%s", got.Reason, reason, log)
						}
					}
				})
			}
		})
	}
}

// tryFolder returns what becomes of the modules of a folder that no lesson knows.
func tryFolder(t *testing.T, r *Runner, source kernel.Source, dir string) []verdict.Record {
	t.Helper()
	folder, err := foreign.Read(dir, "")
	if err != nil {
		t.Fatal(err)
	}
	r.Build = func(ctx context.Context, k *kernel.Kernel) (*kbuild.Modules, error) {
		return folder.Build(ctx, r.Cache, k)
	}
	records, err := r.RunBuilt(t.Context(), []kernel.Source{source}, folder.Unbuilt(""), func(ctx context.Context, k *kernel.Kernel, m *kbuild.Modules) ([]lesson.Case, error) {
		cases, err := folder.Cases(ctx, filepath.Join(r.Out, "scripts"), k, m, nil)
		if len(cases) != len(zoo) {
			t.Errorf("%d modules are tried; want %d", len(cases), len(zoo))
		}
		return cases, err
	})
	if err != nil {
		t.Fatal(err)
	}
	return records
}
