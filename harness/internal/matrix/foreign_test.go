// SPDX-License-Identifier: GPL-2.0-only

package matrix

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"kmodlab/harness/internal/foreign"
	"kmodlab/harness/internal/kbuild"
	"kmodlab/harness/internal/lesson"
	"kmodlab/harness/internal/verdict"
	"kmodlab/internal/fault"
	"kmodlab/internal/kernel"
	"kmodlab/vmimages/vmimagestest"
)

// A folder that no lesson knows gets a verdict for each of its modules, on a kernel
// that comes with modules of its own, and on one whose modules are fetched: they are
// then kept.
func TestForeignFolder(t *testing.T) {
	t.Run("6.12", func(t *testing.T) { testForeignFolder(t, "6.12") })
	t.Run("7.3", func(t *testing.T) {
		vmimagestest.Long(t)
		testForeignFolder(t, "7.3")
	})
}

func testForeignFolder(t *testing.T, series string) {
	r, source := newRunner(t, "", series)
	folder, err := foreign.Read("../../testdata/foreign", "")
	if err != nil {
		t.Fatal(err)
	}
	k, err := source.Get(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := k.OwnModules(t.Context(), "dummy", "crc_itu_t", "xfrm6_tunnel"); fault.Of(err) == fault.Archive {
		t.Skipf("the modules of %s are not to be had: %v", k.Release, err)
	}
	folder.First = []string{"dummy"} // as modules of kmodlab.toml
	r.Build = func(ctx context.Context, k *kernel.Kernel) (*kbuild.Modules, error) {
		return folder.Build(ctx, r.Cache, k)
	}
	records, err := r.RunBuilt(t.Context(), []kernel.Source{source}, folder.Unbuilt(""), func(ctx context.Context, k *kernel.Kernel, m *kbuild.Modules) ([]lesson.Case, error) {
		return folder.Cases(ctx, filepath.Join(r.Out, "scripts"), k, m, foreign.Params{"guest": "name=me"})
	})
	if err != nil {
		t.Fatal(err)
	}
	type result struct {
		verdict        verdict.Verdict
		reason, logged string
	}
	want := map[string]result{
		"guest":    {verdict.Pass, "", "base greets me"},
		"checksum": {verdict.Pass, "", "crc of a one: 0x1021"},
		"tunnel":   {verdict.Pass, "", "tunnel to nowhere: 0"},
		"stays":    {verdict.Pass, "", "stays"},
		"broken":   {verdict.Build, "broken.c:6: error: 'no_such_variable' undeclared", ""},
		"refuses":  {verdict.Load, "insmod refuses: refused: refuses: EBUSY", "refuses: not today"},
		"edu":      {verdict.Load, `insmod edu: refused: edu: ENODEV` + "\n  hint: its init found no such device; this VM has none: give it one by devices = [\"edu\"] in kmodlab.toml, or by -device=edu", ""},
		"unit":     {verdict.Unsupported, "needs config:KUNIT", ""},
		"tally":    {verdict.Pass, "", "KTAP version 1"},

		"tally.sums.adds":       {verdict.Pass, "", ""},
		"tally.sums.divides":    {verdict.Fail, "divides: 4 / 2 is 3", ""},
		"tally.sums.multiplies": {verdict.Unsupported, "no time", ""},
		"tally.rest":            {verdict.Pass, "", ""},
		"warns":                 {verdict.Splat, "rmmod warns: WARNING", "warns_exit"},
	}
	got := map[string]result{}
	for _, record := range records {
		w := want[record.Case]
		var log []byte
		if record.Log != "" {
			if log, err = os.ReadFile(filepath.Join(r.Out, record.Log)); err != nil {
				t.Fatal(err)
			}
		}
		// What holds is replaced by what is wanted, the rest shows whole.
		g := result{record.Verdict, record.Reason, string(log)}
		if w.reason != "" && strings.Contains(g.reason, w.reason) {
			g.reason = w.reason
		}
		if strings.Contains(g.logged, w.logged) {
			g.logged = w.logged
		}
		got[record.Case] = g
	}
	if d := cmp.Diff(want, got, cmp.AllowUnexported(result{})); d != "" {
		t.Errorf("verdicts (-want +got):\n%s", d)
	}
}
