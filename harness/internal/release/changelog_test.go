// SPDX-License-Identifier: GPL-2.0-only

package release

import (
	"errors"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"kmodlab/internal/fault"
)

const changelog = `# Changelog

What is said here is of no version.

## [Unreleased]

## [1.1.0] - 2026-12-02

### Added

- A thing.

## [1.1.0-rc.1] - 2026-12-01
`

func TestParse(t *testing.T) {
	got, err := parse(changelog)
	want := []section{
		{Line: 5},
		{Version: "1.1.0", Date: "2026-12-02", Text: "### Added\n\n- A thing.", Line: 7},
		{Version: "1.1.0-rc.1", Date: "2026-12-01", Line: 13},
	}
	if d := cmp.Diff(want, got); d != "" || err != nil {
		t.Errorf("parse() = %v (-want +got):\n%s", err, d)
	}
}

// What is not in order is told with its line.
func TestParseRefuses(t *testing.T) {
	for text, want := range map[string]string{
		"## 1.0.0\n":                                         "CHANGELOG.md:1): a heading is not [VERSION] - DATE",
		"## [1.0] - 2026-12-01\n":                            `"1.0" is no semantic version`,
		"## [v1.0.0] - 2026-12-01\n":                         `"v1.0.0" is no semantic version`,
		"## [1.0.0]\n":                                       "version 1.0.0 has no date",
		"## [1.0.0] - 2026-13-01\n":                          "version 1.0.0 has no date",
		"## [1.0.0+x] - 2026-12-01":                          `"1.0.0+x" is no semantic version`,
		"## [1.0.0] - 2026-12-01\n## [1.1.0] - 2026-12-02\n": "CHANGELOG.md:2): version 1.1.0 stands below 1.0.0",
		"## [1.0.0] - 2026-12-01\n## [1.0.0] - 2026-12-01\n": "version 1.0.0 stands below 1.0.0",
		"## [1.0.0] - 2026-12-01\n\n## [Unreleased]\n":       "CHANGELOG.md:3): [Unreleased] is not the first entry",
	} {
		_, err := parse(text)
		e, ok := errors.AsType[*fault.Error](err)
		if !ok || e.Owner != fault.Usage || !strings.Contains(err.Error(), want) {
			t.Errorf("parse(%q) = %v; want %q", text, err, want)
		}
	}
}

// The project's own changelog is in order, and says something.
func TestChangelog(t *testing.T) {
	text, err := os.ReadFile("../../../" + changelogFile)
	if err != nil {
		t.Fatal(err)
	}
	entries, err := parse(string(text))
	if err != nil || len(entries) == 0 {
		t.Fatalf("%d entries, %v", len(entries), err)
	}
}

func FuzzParse(f *testing.F) {
	f.Add(changelog)
	f.Add("## [1.0.0] - 2026-12-01\n## [Unreleased]")
	f.Fuzz(func(t *testing.T, text string) {
		entries, err := parse(text)
		if err != nil && len(entries) > 0 {
			t.Error("entries, and an error")
		}
		for i, e := range entries {
			if (e.Version == "") != (e.Date == "") || e.Version == "" && i > 0 {
				t.Errorf("entry %d is %+v", i, e)
			}
		}
	})
}
