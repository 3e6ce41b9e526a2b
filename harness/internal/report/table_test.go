// SPDX-License-Identifier: GPL-2.0-only

package report

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"kmodlab/harness/internal/verdict"
)

var records = []verdict.Record{
	{Column: "5.10", Series: "5.10", Kernel: "5.10.0-46-cloud-amd64", Lesson: "notify", Case: "transcript", Verdict: verdict.Pass},
	{Column: "5.10", Series: "5.10", Kernel: "5.10.0-46-cloud-amd64", Lesson: "notify", Case: "again", Verdict: verdict.Unsupported, Reason: "needs export:x"},
	{Column: "6.12", Series: "6.12", Kernel: "6.12.118+deb13-cloud-amd64", Lesson: "notify", Case: "transcript", Verdict: verdict.Fail, Owner: "module",
		Reason: "insmod notify: the kernel log differs from the transcript", Diff: "--- expected\n+++ printed\n-a\n+b\n",
		Log: "logs/x.log", Reproduce: "go tool mage run -kernel=6.12 -lesson=notify"},
}

func TestTable(t *testing.T) {
	var b strings.Builder
	if err := Table(&b, verdict.Judgement{Records: records}); err != nil {
		t.Fatal(err)
	}
	want := "case               5.10         6.12\nnotify/transcript  pass         fail\nnotify/again       unsupported  \n"
	if b.String() != want {
		t.Errorf("Table() =\n%s\nwant\n%s", b.String(), want)
	}
}

func TestFailuresSayEverything(t *testing.T) {
	var b strings.Builder
	Failures(&b, fixture(t), "testdata")
	golden(t, "failures.txt", b.String())
}

// What neither the script nor the kernel explains is told by the end of the
// log.
func TestFailuresShowTheLog(t *testing.T) {
	out := t.TempDir()
	log := "# x/y on 6.12\n\n# kernel log\n[    0.1] too early\n[    0.1] kmodlab: the agent is ready\n" + strings.Repeat("[    0.2] loaded\n", 2) + "[    0.3] the last\n[    0.4] random: crng init done\n\n# console\nelsewhere\n"
	if err := os.WriteFile(filepath.Join(out, "x.log"), []byte(log), 0o600); err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	Failures(&b, []verdict.Record{{Column: "6.12", Series: "6.12", Verdict: verdict.Infra, Owner: "harness", Reason: "QEMU died", Log: "x.log"}}, out)
	want := "  the last lines of the kernel log:\n" + strings.Repeat("    [    0.2] loaded\n", 2) + "    [    0.3] the last\n  log: "
	if !strings.Contains(b.String(), want) {
		t.Errorf("Failures() = %s; want it to hold %s", b.String(), want)
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

// A kernel that could not be fetched is one failure, however many cases it
// costs.
func TestFailuresTellOneReasonOnce(t *testing.T) {
	var b strings.Builder
	r := verdict.Record{Column: "6.1", Series: "6.1", Lesson: "notify", Verdict: verdict.Infra, Owner: "harness", Reason: "kernel archive: cannot reach the archive", Reproduce: "x"}
	Failures(&b, []verdict.Record{r, r, r}, "out")
	want := "\ninfra  3 cases on 6.1  (fault of the harness)\n  kernel archive: cannot reach the archive\n  reproduce: x\n"
	if b.String() != want {
		t.Errorf("Failures() = %q; want %q", b.String(), want)
	}
}
