// SPDX-License-Identifier: GPL-2.0-only

package verdict

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"kmodlab/internal/fault"
)

// of returns records made from the commit.
func of(commit string, records ...Record) []Record {
	for i := range records {
		records[i].Commit = commit
	}
	return records
}

func TestMerge(t *testing.T) {
	lost, missing := on("3", Fail), on("4", Infra)
	lost.Lost, lost.Owner, lost.Reason, missing.Missing = &Loss{"2", "needs export:f", "run"}, "module", "needs export:f, which 2 has", true
	alone := on("3", Unsupported)
	alone.Reason, alone.Reproduce = "needs export:f", "run"
	for name, tt := range map[string]struct {
		parts []Part
		want  []Record
		fails []string // parts of a usage error
	}{
		"two parts": {[]Part{{"a", of("1", on("1", Pass), on("2", Fail))}, {"b", of("1", on("3", Pass))}}, of("1", on("1", Pass), on("2", Fail), on("3", Pass)), nil},
		"one was judged alone, and one lacks a cell that the other has": {[]Part{{"a", append(of("1", on("1", Pass)), missing)}, {"b", of("1", lost, on("4", Pass))}},
			of("1", on("1", Pass), alone, on("4", Pass)), nil},
		"none":                      {nil, nil, nil},
		"they overlap and agree":    {[]Part{{"a", of("1", on("1", Pass))}, {"b", of("1", on("1", Pass))}}, nil, []string{"notify/again on 1 is in two parts (a and b)"}},
		"they overlap and disagree": {[]Part{{"a", of("1", on("1", Pass))}, {"b", of("1", on("1", Fail))}}, nil, []string{"notify/again on 1 is in two parts (a and b)"}},
		"one could not be run":      {[]Part{{"a", of("1", on("1", Infra))}, {"b", of("1", on("1", Pass))}}, nil, []string{"notify/again on 1 is in two parts (a and b)"}},
		"of two commits":            {[]Part{{"a", of("1", on("1", Pass))}, {"b", of("2", on("2", Pass))}}, nil, []string{"different states", "the project here, a: 1; b: 2"}},
		"of a dirty one":            {[]Part{{"a", of("1", on("1", Pass))}, {"b", of("1-dirty-7", on("2", Pass))}}, nil, []string{"different states", "b: 1-dirty-7"}},
		"of two dirty ones":         {[]Part{{"a", of("1-dirty-8", on("1", Pass))}, {"b", of("1-dirty-7", on("2", Pass))}}, nil, []string{"a: 1-dirty-8", "b: 1-dirty-7"}},
		"of another one than here":  {[]Part{{"a", of("2", on("1", Pass))}, {"b", of("2", on("2", Pass))}}, nil, []string{"different states", "the project here: 1; a, b: 2"}},
		"one does not say which":    {[]Part{{"a", of("1", on("1", Pass))}, {"b", of("", on("2", Pass))}}, nil, []string{"different states", "b: unknown"}},
		"one part is of two":        {[]Part{{"a", append(of("1", on("1", Pass)), of("2", on("2", Pass))...)}}, nil, []string{"different states", "a: 2"}},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := Merge(tt.parts, "1")
			if d := cmp.Diff(tt.want, got); d != "" {
				t.Errorf("Merge() (-want +got):\n%s", d)
			}
			if (err != nil) != (tt.fails != nil) || err != nil && fault.Of(err) != fault.Usage {
				t.Fatalf("Merge() = %v; want a fault of usage: %v", err, tt.fails != nil)
			}
			for _, part := range tt.fails {
				if !strings.Contains(err.Error(), part) {
					t.Errorf("Merge() = %v; want it to say %q", err, part)
				}
			}
		})
	}
}

// Where no commit is known anywhere, there is nothing to compare.
func TestMergeOfNoCommit(t *testing.T) {
	if _, err := Merge([]Part{{"a", []Record{on("1", Pass)}}, {"b", []Record{on("2", Pass)}}}, ""); err != nil {
		t.Errorf("Merge() = %v; want no error", err)
	}
}

func TestReadParts(t *testing.T) {
	full, empty := t.TempDir(), t.TempDir()
	if err := Write(filepath.Join(full, "results.json"), []Record{on("1", Pass)}); err != nil {
		t.Fatal(err)
	}
	parts, without, err := ReadParts([]string{full, empty}, "results.json")
	if d := cmp.Diff([]string{empty}, without); err != nil || len(parts) != 1 || len(parts[0].Records) != 1 || d != "" {
		t.Errorf("ReadParts() = %v, without %v, %v; want one part with one record, and the other folder", parts, without, err)
	}
	if _, _, err := ReadParts([]string{empty}, "results.json"); fault.Of(err) != fault.Usage || !strings.Contains(err.Error(), empty) {
		t.Errorf("ReadParts() of an empty folder = %v; want a fault of usage that names it", err)
	}
}
