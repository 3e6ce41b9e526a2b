// SPDX-License-Identifier: GPL-2.0-only

package harness

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"kmodlab/harness/internal/headline"
	"kmodlab/vmimages"
	"kmodlab/vmimages/vmimagestest"
)

// headlineRow is a row of the page: the headline, and what becomes of it.
var headlineRow = regexp.MustCompile("(?m)^\\| (`+) ?(.+?) ?`+ \\| `[^`]+` \\|.*\\|([^|]*)\\|$")

// Where the page says that a headline is heard, it is, and else it is not. This
// needs no sources.
func TestHeadlinesHeard(t *testing.T) {
	page, err := os.ReadFile(filepath.Join("..", headlinesFile))
	if err != nil {
		t.Fatal(err)
	}
	heard := 0
	for _, m := range headlineRow.FindAllStringSubmatch(string(page), -1) {
		sample, says := strings.ReplaceAll(m[2], `\|`, "|"), strings.TrimSpace(m[3])
		want := says
		if strings.ContainsAny(says, ":*") { // a reason, or to hear
			want = ""
		}
		if want != "" {
			heard++
		}
		if got := heardAs(sample); got != want {
			t.Errorf("%q is heard as %q; the page says %q (go tool mage kernels:headlines makes it anew)", sample, got, says)
		}
	}
	if heard < 100 {
		t.Errorf("%d headlines are heard; want a hundred and more", heard)
	}
}

// The page is what the sources say, where those that it was made from are in the
// cache; and each entry of reasons.toml is about something.
func TestHeadlinesPage(t *testing.T) {
	all := seriesInCache(t)
	want, err := headlines(all)
	if err != nil {
		t.Fatal(err)
	}
	got, err := os.ReadFile(filepath.Join("..", headlinesFile))
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range all {
		if !strings.Contains(string(got), " "+s.Version+" |") {
			t.Skipf("the cache has the sources of %s, and the page is about other ones", s.Version)
		}
	}
	if diff := cmp.Diff(strings.Split(want, "\n"), strings.Split(string(got), "\n")); diff != "" {
		t.Errorf("%s is not what the sources say (go tool mage kernels:headlines mends it; -sources +page):\n%s", headlinesFile, diff)
	}
	reasons, err := headline.LoadReasons()
	if err != nil {
		t.Fatal(err)
	}
	for _, stale := range reasons.Stale(headline.Rows(all)) {
		t.Errorf("reasons.toml: nothing fits %s", stale)
	}
}

// seriesInCache reads those sources of the test set that are in the cache. A test
// that lacks one is skipped.
func seriesInCache(t *testing.T) []headline.Series {
	t.Helper()
	if testing.Short() {
		t.Skip("-short: reads the sources of four kernels")
	}
	catalogue, err := vmimages.Load()
	if err != nil {
		t.Fatal(err)
	}
	_, archive := vmimagestest.Archive(t)
	var all []headline.Series
	for _, s := range catalogue.Default() {
		sources, ok := archive.CachedSources(s.Name)
		if !ok {
			t.Skipf("no sources of %s in the cache; go tool mage kernels:headlines fetches them", s.Name)
		}
		series, err := readSeries(s.Name, sources)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, series)
	}
	return all
}
