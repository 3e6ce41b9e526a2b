// SPDX-License-Identifier: GPL-2.0-only

package docs

import (
	"fmt"
	"regexp"
	"strings"
	"testing"

	"kmodlab/harness/internal/verdict"
	"kmodlab/internal/fault"
	"kmodlab/vmimages"
)

// What sentences repeat of the code is as the code has it.
func TestPhrases(t *testing.T) {
	catalogue, err := vmimages.Load()
	if err != nil {
		t.Fatal(err)
	}
	var set []string
	for _, s := range catalogue.Default() {
		set = append(set, s.Name)
	}
	last := len(set) - 1
	want := map[string][]string{
		"README.md": {
			strings.Join(set[:last], ", ") + " and " + set[last],
			fmt.Sprintf("Exit status: %d all well, %d a case failed, %d wrong usage, %d the harness", fault.ExitOK, fault.ExitFailed, fault.ExitUsage, fault.ExitHarness),
		},
		"docs/compare-kernels.md": {fmt.Sprintf(`{"schema": %d, "results": [...]}`, verdict.Schema)},
		"docs/add-a-kernel.md":    {"`" + catalogue.Flavours[0] + "` is the default"},
	}
	want["README.md"] = append(want["README.md"], covered(t))
	for _, news := range []verdict.News{verdict.Broken, verdict.Mended, verdict.Lost, verdict.Gained, verdict.Otherwise} {
		want["docs/compare-kernels.md"] = append(want["docs/compare-kernels.md"], string(news))
	}
	for path, phrases := range want {
		p := read(t, path)
		for _, phrase := range phrases {
			if !strings.Contains(p.text, phrase) {
				t.Errorf("%s does not say %q", path, phrase)
			}
		}
	}
	// Parties are told with an infra verdict.
	failures := read(t, "docs/read-a-failure.md")
	for _, owner := range []fault.Owner{fault.Harness, fault.Host, fault.Archive, fault.Boot} {
		if !strings.Contains(failures.text, string(owner)) {
			t.Errorf("%s does not name the owner %q", failures.path, owner)
		}
	}
}

// covered says how many of the lessons' lines their scripts run, by what the page on
// coverage has a run of all of them make sure of.
func covered(t *testing.T) string {
	t.Helper()
	p := read(t, "docs/coverage.md")
	m := regexp.MustCompile(`<!-- made on a VM by: go tool mage run -kernel=6.12 -run=. -cover-min=(\d+) `).FindStringSubmatch(p.text)
	if m == nil {
		t.Fatalf("%s has no run that makes sure of what the lessons' scripts run", p.path)
	}
	return m[1] + " % of their lines"
}
