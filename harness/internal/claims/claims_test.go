// SPDX-License-Identifier: GPL-2.0-only

package claims

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"kmodlab/harness/internal/lesson"
	"kmodlab/harness/internal/verdict"
)

const script = `# Twice the same block.
insmod duplicates
# claim C12 changed in 5.17, before that it returns 0
# claim C1 holds
rmmod duplicates
[kernel:<5.17] dmesg old.log
[kernel:>=5.17] dmesg new.log

rmmod other
dmesg other.log
-- old.log --
again 0
-- new.log --
again -17
-- other.log --
bye
`

func readCase(t *testing.T, text string) lesson.Case {
	t.Helper()
	path := filepath.Join(t.TempDir(), "duplicates", "twice.txtar")
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	return lesson.Case{Lesson: "duplicates", Name: "twice", Script: path}
}

func TestRead(t *testing.T) {
	got, err := Read(readCase(t, script))
	if err != nil {
		t.Fatal(err)
	}
	proofs := []Proof{{"old.log", []string{"again 0"}}, {"new.log", []string{"again -17"}}}
	want := []Settlement{
		{Claim: "C12", Verdict: "changed in 5.17", Remark: "before that it returns 0", Proofs: proofs},
		{Claim: "C1", Verdict: "holds", Proofs: proofs},
	}
	if d := cmp.Diff(want, got, cmpopts.IgnoreFields(Settlement{}, "Case")); d != "" {
		t.Errorf("Read() (-want +got):\n%s", d)
	}
}

func TestReadRefusesWhatIsNoClaim(t *testing.T) {
	_, err := Read(readCase(t, "# hello\n# claim C1 perhaps\n"))
	if err == nil || !strings.Contains(err.Error(), "twice.txtar:2") {
		t.Errorf("Read() of an unknown verdict = %v; want an error with the line", err)
	}
}

func TestLedger(t *testing.T) {
	settlements, err := Read(readCase(t, script))
	if err != nil {
		t.Fatal(err)
	}
	list := []Claim{{"C1", "First."}, {"C2", "Second."}, {"C12", "Twice."}}
	compared := func(section string) []verdict.Step {
		return []verdict.Step{{Text: "rmmod duplicates", Section: section, Compared: true}}
	}
	records := []verdict.Record{
		{Column: "5.10", Lesson: "duplicates", Case: "twice", Verdict: verdict.Pass, Steps: compared("old.log")},
		{Column: "6.12", Lesson: "duplicates", Case: "twice", Verdict: verdict.Fail, Steps: compared("new.log")},
		{Column: "7.2", Lesson: "duplicates", Case: "twice", Verdict: verdict.Unsupported, Reason: "needs export:f"},
		{Column: "7.3", Lesson: "duplicates", Case: "twice", Verdict: verdict.Pass, Steps: compared("new.log")}, // no column of the ledger
	}
	got := Ledger(list, settlements, []string{"5.10", "6.12", "7.2"}, records)
	for _, want := range []string{
		"| [C1](#c1) | First. | holds | unsettled: fail | unsupported: needs export:f |",
		"| [C2](#c2) | Second. | open | open | open |",
		"| [C12](#c12) | Twice. | changed in 5.17 | unsettled: fail | unsupported: needs export:f |",
		"On 5.10:\n\n```\nagain 0\n```",
		"On 6.12:\n\n```\nagain -17\n```",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("Ledger() lacks %q:\n%s", want, got)
		}
	}
}

func TestSettled(t *testing.T) {
	settlements, err := Read(readCase(t, script))
	if err != nil {
		t.Fatal(err)
	}
	on := func(column string, v verdict.Verdict) verdict.Record {
		return verdict.Record{Column: column, Lesson: "duplicates", Case: "twice", Verdict: v}
	}
	for name, tt := range map[string]struct {
		records []verdict.Record
		want    bool
	}{
		"all passed":            {[]verdict.Record{on("5.10", verdict.Pass), on("6.12", verdict.Pass)}, true},
		"one is unsupported":    {[]verdict.Record{on("5.10", verdict.Pass), on("6.12", verdict.Unsupported)}, true},
		"one failed":            {[]verdict.Record{on("5.10", verdict.Pass), on("6.12", verdict.Splat)}, false},
		"one could not be run":  {[]verdict.Record{on("5.10", verdict.Infra), on("6.12", verdict.Pass)}, false},
		"one is missing":        {[]verdict.Record{on("5.10", verdict.Pass)}, false},
		"another kernel failed": {[]verdict.Record{on("5.10", verdict.Pass), on("6.12", verdict.Pass), on("7.3", verdict.Fail)}, true},
	} {
		if got := Settled(settlements, []string{"5.10", "6.12"}, tt.records); got != tt.want {
			t.Errorf("%s: Settled() = %v; want %v", name, got, tt.want)
		}
	}
}

// Rows say the same as the ledger, without the claims that no script settles.
func TestRows(t *testing.T) {
	settlements, err := Read(readCase(t, script))
	if err != nil {
		t.Fatal(err)
	}
	list := []Claim{{"C1", "First."}, {"C2", "Second."}, {"C12", "Twice."}}
	records := []verdict.Record{
		{Column: "5.10", Lesson: "duplicates", Case: "twice", Verdict: verdict.Pass},
		{Column: "6.12", Lesson: "duplicates", Case: "twice", Verdict: verdict.Fail},
	}
	var got []string
	for _, r := range Rows(list, settlements, []string{"5.10", "6.12", "7.3"}, records) {
		if len(r.Settlements) == 0 {
			t.Errorf("claim %s has no settlement", r.ID)
		}
		got = append(got, r.ID+": "+strings.Join(r.Cells, ", "))
	}
	if want := "C1: holds, unsettled: fail, open; C12: changed in 5.17, unsettled: fail, open"; strings.Join(got, "; ") != want {
		t.Errorf("Rows() = %q; want %q", strings.Join(got, "; "), want)
	}
}

func TestListIsInOrder(t *testing.T) {
	list, err := List()
	if err != nil {
		t.Fatal(err)
	}
	if list[0].ID != "C1" || list[9].ID != "C10" {
		t.Errorf("List() begins with %s and has %s tenth; want C1, C10", list[0].ID, list[9].ID)
	}
}
