// SPDX-License-Identifier: GPL-2.0-only

package claims

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"kmodlab/harness/lesson"
	"kmodlab/harness/verdict"
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
	proofs := []Proof{{[]string{"kernel:<5.17"}, []string{"again 0"}}, {[]string{"kernel:>=5.17"}, []string{"again -17"}}}
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
	kernels := []Kernel{
		{"5.10", func(c string) (bool, error) { return c == "kernel:<5.17", nil }},
		{"6.12", func(c string) (bool, error) { return c == "kernel:>=5.17", nil }},
	}
	list := []Claim{{"C1", "First."}, {"C2", "Second."}, {"C12", "Twice."}}
	records := []verdict.Record{
		{Column: "5.10", Lesson: "duplicates", Case: "twice", Verdict: verdict.Pass},
		{Column: "6.12", Lesson: "duplicates", Case: "twice", Verdict: verdict.Fail},
	}
	got, err := Ledger(list, settlements, kernels, records)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"| [C1](#c1) | First. | holds | unsettled: fail |",
		"| [C2](#c2) | Second. | open | open |",
		"| [C12](#c12) | Twice. | changed in 5.17 | unsettled: fail |",
		"On 5.10:\n\n```\nagain 0\n```",
		"On 6.12:\n\n```\nagain -17\n```",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("Ledger() lacks %q:\n%s", want, got)
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
