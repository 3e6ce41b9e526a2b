// SPDX-License-Identifier: GPL-2.0-only

package report

import (
	"bytes"
	"fmt"
	"io"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"kmodlab/harness/internal/verdict"
)

// perlTAP says what Perl's own TAP parser makes of the text on standard input.
const perlTAP = `
use TAP::Parser;
local $/;
my $p = TAP::Parser->new({ tap => scalar <STDIN> });
$p->run;
printf "planned %d, run %d, failed %d, skipped %d, errors %d\n",
	$p->tests_planned, $p->tests_run, scalar($p->failed), scalar($p->skipped), scalar($p->parse_errors);
`

// A TAP parser that is not ours agrees on every level of the nesting.
func TestKTAPWithPerl(t *testing.T) {
	perl, err := exec.LookPath("perl")
	if err != nil {
		t.Skipf("no perl: %v", err)
	}
	if err := exec.Command(perl, "-MTAP::Parser", "-e1").Run(); err != nil {
		t.Skipf("perl has no TAP::Parser: %v", err)
	}
	var b strings.Builder
	if err := KTAP(&b, judgement(t)); err != nil {
		t.Fatal(err)
	}
	for name, tt := range map[string]struct {
		indent, subtest string // which level, and which of it
		want            string
	}{
		"kernels":         {"", "", "planned 4, run 4, failed 4, skipped 0, errors 0"},
		"lessons on 5.10": {"    ", "5.10.0-46-cloud-amd64", "planned 3, run 3, failed 2, skipped 0, errors 0"},
		"lessons on 6.1":  {"    ", "6.1", "planned 3, run 3, failed 3, skipped 0, errors 0"},
		"cases of notify": {"        ", "notify", "planned 2, run 2, failed 0, skipped 1, errors 0"},
		"cases of order":  {"        ", "order", "planned 1, run 1, failed 1, skipped 0, errors 0"},
		"cases of broken": {"        ", "broken", "planned 1, run 1, failed 1, skipped 0, errors 0"},
	} {
		t.Run(name, func(t *testing.T) {
			cmd := exec.Command(perl, "-e", perlTAP)
			text := level(b.String(), tt.indent, tt.subtest)
			cmd.Stdin = strings.NewReader(text)
			got, err := cmd.CombinedOutput()
			if err != nil || strings.TrimSpace(string(got)) != tt.want {
				t.Errorf("TAP::Parser says %q, %v; want %q of\n%s", got, err, tt.want, text)
			}
		})
	}
}

// level returns the first block with the indent whose subtest is name, without
// the indent.
func level(text, indent, name string) string {
	var block strings.Builder
	inside := name == ""
	for line := range strings.Lines(text) {
		rest, deep := strings.CutPrefix(line, indent)
		switch {
		case deep && rest == "# Subtest: "+name+"\n":
			inside = true
		case !deep && inside:
			return block.String()
		}
		if inside {
			block.WriteString(rest)
		}
	}
	return block.String()
}

// What the file says fits the schema, and so does a file of no results.
func TestJUnitSchema(t *testing.T) {
	xmllint, err := exec.LookPath("xmllint")
	if err != nil {
		t.Skipf("no xmllint: %v", err)
	}
	for name, j := range map[string]verdict.Judgement{"all": judgement(t), "none": {}} {
		t.Run(name, func(t *testing.T) {
			var b bytes.Buffer
			if err := JUnit(&b, j); err != nil {
				t.Fatal(err)
			}
			cmd := exec.Command(xmllint, "--noout", "--nonet", "--schema", filepath.Join("testdata", "junit.xsd"), "-")
			cmd.Stdin = &b
			if output, err := cmd.CombinedOutput(); err != nil {
				t.Errorf("xmllint: %v\n%s", err, output)
			}
		})
	}
}

// Nothing but whole commands is written: text that came from a kernel cannot
// end a line or begin a command of its own.
// Whoever reads a report sees what was added to the kernels' command lines.
func TestKernelArgsAreTold(t *testing.T) {
	const args = "slub_debug=FZPU"
	j := judgement(t)
	for i := range j.Records {
		j.Records[i].Args = args
	}
	failures := func(w io.Writer, j verdict.Judgement) error { Failures(w, j.Records, "out"); return nil }
	findings := func(w io.Writer, j verdict.Judgement) error { Findings(w, j.Records); return nil }
	for name, tt := range map[string]struct {
		write func(io.Writer, verdict.Judgement) error
		want  string
	}{
		"results.ktap": {KTAP, "# Subtest: 5.10.0-46-cloud-amd64 with " + args + "\n"},
		"junit.xml":    {JUnit, `<property name="kernel_args" value="` + args + `">`},
		"annotations":  {Annotations, "(6.12 with " + args},
		"summary.md":   {Summary, ` | 5.10 with slub\_debug=FZPU |`},
		"table":        {Table, "5.10 with " + args},
		"failures":     {failures, "-amd64 with " + args + "  (fault of the"},
		"findings":     {findings, " with " + args},
	} {
		t.Run(name, func(t *testing.T) {
			var b strings.Builder
			if err := tt.write(&b, j); err != nil {
				t.Fatal(err)
			}
			if !strings.Contains(b.String(), tt.want) {
				t.Errorf("no %q in\n%s", tt.want, b.String())
			}
		})
	}
}

func TestAnnotationsStayInTheirLines(t *testing.T) {
	records := fixture(t)[:1]
	records[0].Verdict, records[0].Reason = "fail", "a\n::set-output name=x::y\r\n::error::%0A"
	var b strings.Builder
	if err := Annotations(&b, verdict.Judgement{Records: records}); err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSuffix(b.String(), "\n"), "\n")
	if len(lines) != 1 || !strings.Contains(b.String(), "%0A::set-output") || !strings.Contains(b.String(), "%250A") {
		t.Errorf("Annotations() = %q; want one line, the rest escaped", b.String())
	}
}

// GitHub takes 1 MiB of a summary.
func TestSummaryStaysSmall(t *testing.T) {
	bad := fixture(t)[4:5][0]
	bad.Diff = strings.Repeat("+a line of a transcript\n", 500)
	var b strings.Builder
	var many = fixture(t)[:0]
	for n := range 900 {
		bad.Case = fmt.Sprint("case ", n)
		many = append(many, bad)
	}
	if err := Summary(&b, verdict.Judgement{Records: many}); err != nil {
		t.Fatal(err)
	}
	if b.Len() > 1<<20 || !strings.Contains(b.String(), "more failures are in report.html") {
		t.Errorf("a summary of %d failures has %d bytes; want at most 1 MiB, and a word on what is left out", len(many), b.Len())
	}
}

// A column is a kernel as people call it, and cases that were not run on it are
// missing from it.
func TestGrid(t *testing.T) {
	records := fixture(t)[:2]
	rt := records[0]
	rt.Column, rt.Flavour, rt.Kernel = "5.10 rt", "rt", "5.10.0-46-rt-amd64"
	g := NewGrid(append(records, rt))
	if len(g.Kernels) != 2 || g.Kernels[0].Name != "5.10" || g.Kernels[1].Name != "5.10 rt" {
		t.Errorf("kernels = %v; want 5.10 and 5.10 rt", g.Kernels)
	}
	if len(g.Rows) != 2 || g.Rows[0].Cells[1] == nil || g.Rows[1].Cells[1] != nil || g.Rows[1].Case != "again" {
		t.Errorf("rows = %v; want one that ran on both and one that ran on the first", g.Rows)
	}
}
