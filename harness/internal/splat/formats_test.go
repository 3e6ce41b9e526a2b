// SPDX-License-Identifier: GPL-2.0-only

package splat

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"
)

// TestFormats holds that each form of a report is heard, once, and pinned on the
// function that it is about: see testdata/formats/x86.txtar.
func TestFormats(t *testing.T) {
	for _, path := range corpus(t, "formats/*.txtar", 5) {
		archive, err := txtar.ParseFile(path)
		if err != nil {
			t.Fatal(err)
		}
		for _, file := range archive.Files {
			t.Run(filepath.Base(path)+"/"+file.Name, func(t *testing.T) {
				head, log, ok := strings.Cut(string(file.Data), "\n\n")
				if !ok || !strings.HasPrefix(head, "want: ") {
					t.Fatalf("%s has no want and no log", file.Name)
				}
				want, _, _ := strings.Cut(strings.TrimPrefix(head, "want: "), "\n")
				splats := find(log)
				if got := pinned(splats); got != want {
					t.Errorf("(-want +got)\n%s\n%s", cmp.Diff(want, got), describe(splats))
				}
				for n, line := range strings.Split(log, "\n") {
					if _, ok := parseFrame(line); ok && want != "none" && !within(splats, n+1) {
						t.Errorf("line %d is of no report: %s\n%s", n+1, line, describe(splats))
					}
				}
			})
		}
	}
}

// within tells whether a line is of one of the reports.
func within(splats []Splat, line int) bool {
	return slices.ContainsFunc(splats, func(s Splat) bool { return s.First <= line && line <= s.Last })
}

// pinned tells of which kinds complaints are, and on whom each is pinned.
func pinned(splats []Splat) string {
	var all []string
	for _, s := range splats {
		function := s.Function
		if function == "" {
			function = "-"
		}
		all = append(all, string(s.Kind)+" "+function)
	}
	if all == nil {
		return "none"
	}
	return strings.Join(all, ", ")
}
