// SPDX-License-Identifier: GPL-2.0-only

package report

import (
	"bufio"
	"fmt"
	"io"
	"strings"

	"kmodlab/harness/internal/verdict"
)

// KTAP writes a judgement in the kernel's own format for test results: kernels,
// below them lessons, below them cases. What a case has to say stands before
// its line, as the format asks (Documentation/dev-tools/ktap.rst, version 1). A
// stale ledger fails beside the kernels.
func KTAP(w io.Writer, j verdict.Judgement) error {
	b := bufio.NewWriter(w)
	g := NewGrid(j.Records)
	k := ktap{b, ""}
	tests := len(g.Kernels)
	if j.Ledger != "" {
		tests++
	}
	k.plan("", tests)
	for i, kernel := range g.Kernels {
		inner := ktap{b, "    "}
		lessons := g.column(i)
		inner.plan(kernel.Label, len(lessons))
		all := outcome{}
		for j, cases := range lessons {
			o := ktap{b, "        "}.lesson(cases)
			inner.result(j+1, cases[0].Lesson, o)
			all.add(o)
		}
		k.result(i+1, kernel.Label, all)
	}
	if j.Ledger != "" {
		k.comment(j.Ledger)
		k.line("not ok %d %s", tests, ledger)
	}
	return b.Flush()
}

// ktap writes lines of one level.
type ktap struct {
	w      *bufio.Writer
	indent string
}

// outcome counts what happened below a line.
type outcome struct{ cases, failed, skipped int }

func (o *outcome) add(other outcome) {
	o.cases += other.cases
	o.failed += other.failed
	o.skipped += other.skipped
}

func (k ktap) line(format string, args ...any) {
	k.w.WriteString(k.indent)
	fmt.Fprintf(k.w, format+"\n", args...)
}

func (k ktap) plan(name string, n int) {
	k.line("KTAP version 1")
	if name != "" {
		k.line("# Subtest: %s", word(name))
	}
	k.line("1..%d", n)
}

// result writes the line of a kernel or a lesson.
func (k ktap) result(n int, name string, o outcome) {
	switch {
	case o.failed > 0:
		k.line("# %d of %d cases failed", o.failed, o.cases)
		k.line("not ok %d %s", n, word(name))
	case o.skipped == o.cases:
		k.line("ok %d %s # SKIP no case of it can run here", n, word(name))
	default:
		k.line("ok %d %s", n, word(name))
	}
}

func (k ktap) lesson(cases []*verdict.Record) outcome {
	k.plan(cases[0].Lesson, len(cases))
	o := outcome{cases: len(cases)}
	for i, r := range cases {
		ok, directive := "not ok", ""
		switch r.Verdict {
		case verdict.Pass:
			ok = "ok"
			for _, finding := range r.Findings {
				k.comment("finding: " + finding)
			}
		case verdict.Unsupported:
			ok, directive = "ok", " # SKIP "+word(r.Reason)
			o.skipped++
		case verdict.Hang:
			directive = " # TIMEOUT"
		case verdict.Build, verdict.Infra:
			directive = " # ERROR " + string(r.Verdict)
		}
		if ok == "not ok" {
			o.failed++
			k.diagnose(r)
		}
		k.line("%s %d %s%s", ok, i+1, word(caseName(r)), directive)
	}
	return o
}

// caseName is never the name of its lesson, as many a case's own is: the parser of
// the kernel's tree ignores indentation, and would take the line of such a case
// for the end of the lesson (peek_test_name_match in
// tools/testing/kunit/kunit_parser.py).
func caseName(r *verdict.Record) string { return r.Lesson + "/" + r.Case }

// diagnose writes all that is known of a case that failed.
func (k ktap) diagnose(r *verdict.Record) {
	k.line("# %s: %s, fault of the %s", word(caseName(r)), r.Verdict, r.Owner)
	k.comment(accountOf(*r))
}

// comment writes text of several lines.
func (k ktap) comment(text string) {
	for line := range strings.Lines(printable(text)) {
		k.line("#   %s", strings.TrimRight(line, "\n"))
	}
}

// word makes text fit for a description: one line, and no "#", which begins a
// directive.
func word(text string) string {
	return strings.ReplaceAll(printable(strings.Join(strings.Fields(text), " ")), "#", "")
}
