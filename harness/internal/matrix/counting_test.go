// SPDX-License-Identifier: GPL-2.0-only

package matrix

import (
	"bufio"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"kmodlab/harness/internal/coverage"
	"kmodlab/harness/internal/lesson"
	"kmodlab/harness/internal/verdict"
	"kmodlab/internal/kernel"
	"kmodlab/vmimages/vmimagestest"
)

// Lines of init, of exit, of a failed init and of one that died are counted, on the
// oldest kernel and on others; those before a panic are not, and the record says so.
func TestCoverage(t *testing.T) {
	for _, series := range tested(t) {
		t.Run(series, func(t *testing.T) { testCoverage(t, series) })
	}
	t.Run("5.10", func(t *testing.T) { // another compiler
		vmimagestest.Long(t)
		testCoverage(t, "5.10")
	})
}

func testCoverage(t *testing.T, series string) {
	kmod, err := filepath.Abs("../../testdata/coverage")
	if err != nil {
		t.Fatal(err)
	}
	r, source := newRunner(t, kmod, series)
	r.Coverage = coverage.NewCollector([]string{source.Name})
	lessons, err := lesson.Find(kmod)
	if err != nil {
		t.Fatal(err)
	}
	records, err := r.Run(t.Context(), Plan([]kernel.Source{source}, lessons, nil))
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]struct {
		verdict verdict.Verdict
		note    string
	}{
		"comes-and-goes": {verdict.Pass, ""},
		"fails":          {verdict.Pass, ""},
		"dies":           {verdict.Splat, ""},
		"panics":         {verdict.Panic, "coverage: what this case ran is not counted, or not all of it: the guest could not be asked any more"},
		"restarts":       {verdict.Pass, "coverage: what this case ran is counted up to the step that ended the guest"},
	}
	for _, got := range records {
		notes := slices.DeleteFunc(got.Notes, func(note string) bool { return !strings.HasPrefix(note, "coverage: ") }) // the machine may be busy
		if w := want[got.Case]; got.Verdict != w.verdict || strings.Join(notes, "\n") != w.note {
			t.Errorf("%s: %s, %q, notes %q; want %s, notes %q", got.Case, got.Verdict, got.Reason, notes, w.verdict, w.note)
		}
	}
	profiles, missing := r.Coverage.Profiles("")
	if len(profiles) != 1 || len(missing) > 0 {
		t.Fatalf("%d profiles, missing %q; want one, and nothing missing", len(profiles), missing)
	}
	for _, name := range []string{"covered/main.c", "covered/part.c"} {
		compareHits(t, filepath.Join(kmod, name), profiles[0].Files[name])
	}
	if len(profiles[0].Files) != 2 {
		t.Errorf("files %q; want those of the module alone", profiles[0].Files.Paths())
	}
}

var ran = regexp.MustCompile(`/\* ran: (\d+)`)

// compareHits compares how often lines ran with what the source at path says.
func compareHits(t *testing.T, path string, got coverage.File) {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	sc := bufio.NewScanner(f)
	for n := 1; sc.Scan(); n++ {
		m := ran.FindStringSubmatch(sc.Text())
		if m == nil {
			continue
		}
		want, err := strconv.ParseUint(m[1], 10, 64)
		if line, ok := got[n]; err != nil || !ok || line.Hits != want {
			t.Errorf("%s:%d ran %d times, is code: %t; want %d times", filepath.Base(path), n, line.Hits, ok, want)
		}
	}
}
