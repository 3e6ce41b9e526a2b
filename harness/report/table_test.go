// SPDX-License-Identifier: GPL-2.0-only

package report

import (
	"strings"
	"testing"

	"kmodlab/harness/verdict"
)

var records = []verdict.Record{
	{Column: "5.10", Kernel: "5.10.0-46-cloud-amd64", Lesson: "notify", Case: "transcript", Verdict: verdict.Pass},
	{Column: "5.10", Kernel: "5.10.0-46-cloud-amd64", Lesson: "notify", Case: "again", Verdict: verdict.Unsupported, Reason: "needs export:x"},
	{Column: "6.12", Kernel: "6.12.118+deb13-cloud-amd64", Lesson: "notify", Case: "transcript", Verdict: verdict.Fail, Owner: "module",
		Reason: "insmod notify: the kernel log differs from the transcript", Diff: "--- expected\n+++ printed\n-a\n+b\n",
		Log: "logs/x.log", Reproduce: "go tool mage run -kernel=6.12 -lesson=notify"},
}

func TestTable(t *testing.T) {
	var b strings.Builder
	if err := Table(&b, records); err != nil {
		t.Fatal(err)
	}
	want := "case               5.10         6.12\nnotify/transcript  pass         fail\nnotify/again       unsupported  \n"
	if b.String() != want {
		t.Errorf("Table() =\n%s\nwant\n%s", b.String(), want)
	}
}

func TestFailuresSayEverything(t *testing.T) {
	var b strings.Builder
	Failures(&b, records, "out")
	want := `
fail  notify/transcript on 6.12.118+deb13-cloud-amd64  (fault of the module)
  insmod notify: the kernel log differs from the transcript
    --- expected
    +++ printed
    -a
    +b
  log:       out/logs/x.log
  reproduce: go tool mage run -kernel=6.12 -lesson=notify
`
	if b.String() != want {
		t.Errorf("Failures() = %q; want %q", b.String(), want)
	}
}

// A module that prints without end does not fill the terminal.
func TestFailuresCutALongDiff(t *testing.T) {
	var b strings.Builder
	Failures(&b, []verdict.Record{{Verdict: verdict.Fail, Diff: strings.Repeat("+line\n", diffLines+1000), Log: "x"}}, "out")
	if n := strings.Count(b.String(), "+line\n"); n != diffLines || !strings.Contains(b.String(), "... and 1000 lines more, in the log\n") {
		t.Errorf("Failures() shows %d lines; want %d, and that there are 1000 more:\n%s", n, diffLines, b.String())
	}
}

func TestClosing(t *testing.T) {
	if got, want := Closing(records), "cases: 1 passed, 1 failed, 1 skipped"; got != want {
		t.Errorf("Closing() = %q; want %q", got, want)
	}
}

// A kernel that could not be fetched is one failure, however many cases it
// costs.
func TestFailuresTellOneReasonOnce(t *testing.T) {
	var b strings.Builder
	r := verdict.Record{Column: "6.1", Lesson: "notify", Verdict: verdict.Infra, Owner: "harness", Reason: "kernel archive: cannot reach the archive", Reproduce: "x"}
	Failures(&b, []verdict.Record{r, r, r}, "out")
	want := "\ninfra  3 cases on 6.1  (fault of the harness)\n  kernel archive: cannot reach the archive\n  reproduce: x\n"
	if b.String() != want {
		t.Errorf("Failures() = %q; want %q", b.String(), want)
	}
}
