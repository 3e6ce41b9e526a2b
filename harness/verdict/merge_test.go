// SPDX-License-Identifier: GPL-2.0-only

package verdict

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"kmodlab/harness/fault"
)

func TestMerge(t *testing.T) {
	got, err := Merge([]Part{{"a", []Record{on("1", Pass), on("2", Fail)}}, {"b", []Record{on("3", Pass)}}})
	if d := cmp.Diff([]Record{on("1", Pass), on("2", Fail), on("3", Pass)}, got); err != nil || d != "" {
		t.Errorf("Merge() = %v, (-want +got):\n%s", err, d)
	}
	_, err = Merge([]Part{{"a", []Record{on("1", Pass)}}, {"b", []Record{on("1", Pass)}}})
	if fault.Of(err) != fault.Usage || !strings.Contains(err.Error(), "notify/again on 1 is in two parts (a and b)") {
		t.Errorf("Merge() of parts that overlap = %v; want a fault of usage that names the cell and both folders", err)
	}
}

func TestMissing(t *testing.T) {
	got := Missing([]Record{on("1", Pass)}, []string{"notify/again on 1", "notify/again on 2"})
	if d := cmp.Diff([]string{"notify/again on 2"}, got); d != "" {
		t.Errorf("Missing() (-want +got):\n%s", d)
	}
}

func TestReadParts(t *testing.T) {
	full, empty := t.TempDir(), t.TempDir()
	if err := Write(filepath.Join(full, "results.json"), []Record{on("1", Pass)}); err != nil {
		t.Fatal(err)
	}
	parts, err := ReadParts([]string{full}, "results.json")
	if err != nil || len(parts) != 1 || len(parts[0].Records) != 1 {
		t.Errorf("ReadParts() = %v, %v; want one part with one record", parts, err)
	}
	if _, err := ReadParts([]string{full, empty}, "results.json"); fault.Of(err) != fault.Usage || !strings.Contains(err.Error(), empty) {
		t.Errorf("ReadParts() of an empty folder = %v; want a fault of usage that names it", err)
	}
}
