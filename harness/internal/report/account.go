// SPDX-License-Identifier: GPL-2.0-only

package report

import (
	"fmt"
	"slices"
	"strings"

	"kmodlab/harness/internal/verdict"
)

// accountOf is what a person needs to know of a case that did not pass, as
// lines: why, where in the script, the difference, what the kernel reported,
// where it hangs, which log, and how to run it again.
func accountOf(r verdict.Record) string { return account(r, "") }

// account is [accountOf] with the last lines of the kernel log, which say
// something only where nothing else does.
func account(r verdict.Record, last string) string {
	var b strings.Builder
	b.WriteString(Indent(r.Reason, ""))
	if r.Line > 0 {
		fmt.Fprintf(&b, "at:        %s:%d\n", r.Script, r.Line)
	}
	b.WriteString(Indent(head(r.Diff, diffLines), "  "))
	if r.Trouble != "" {
		b.WriteString("the kernel reported:\n" + Indent(r.Trouble, "  "))
	}
	if last != "" {
		b.WriteString("the last lines of the kernel log:\n" + Indent(last, "  "))
	}
	if r.Stack != "" {
		b.WriteString("it hangs here:\n" + Indent(r.Stack, "  "))
	}
	for _, note := range r.Notes {
		b.WriteString("note:      " + Indent(note, ""))
	}
	if r.Retried != "" {
		b.WriteString("retried:   " + Indent(r.Retried, ""))
	}
	if r.Log != "" {
		fmt.Fprintf(&b, "log:       %s\n", r.Log)
	}
	fmt.Fprintf(&b, "reproduce: %s\n", r.Reproduce)
	return printable(b.String())
}

// printable makes text harmless for terminals, XML and formats of lines: what
// is neither printable nor a tab or an end of line becomes a question mark.
func printable(text string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\t' || r == '\n':
			return r
		case r < ' ' || r >= 0x7f && r <= 0x9f || r == 0xfffe || r == 0xffff:
			return '?'
		}
		return r
	}, text)
}

// ledger is how reports call what docs/claims.md is compared with.
const ledger = "ledger of claims"

// Failure is a case that failed, or several that failed on one kernel for one
// and the same reason before they began, such as a kernel that could not be
// fetched.
type Failure struct {
	Record verdict.Record // the first of them
	Cases  int
}

// What names the case, or says how many there are.
func (f Failure) What() string {
	if f.Cases > 1 {
		return fmt.Sprintf("%d cases", f.Cases)
	}
	return f.Record.Lesson + "/" + f.Record.Case
}

// FailuresOf returns the failures among records, in their order.
func FailuresOf(records []verdict.Record) []Failure {
	var all []Failure
	for _, r := range records {
		if !Failed(r) {
			continue
		}
		i := slices.IndexFunc(all, func(f Failure) bool {
			return r.Log == "" && f.Record.Log == "" && f.Record.Called() == r.Called() && f.Record.Verdict == r.Verdict && f.Record.Reason == r.Reason
		})
		if i < 0 {
			all = append(all, Failure{r, 1})
			continue
		}
		all[i].Cases++
	}
	return all
}

// headline is the reason of r in one line: what the compiler said first, for a
// build.
func headline(r verdict.Record) string {
	if len(r.Messages) > 0 {
		m := r.Messages[0]
		if m.Line > 0 {
			return fmt.Sprintf("%s:%d: %s", m.File, m.Line, m.Text)
		}
		return m.File + ": " + m.Text
	}
	return firstLine(r.Reason)
}

func firstLine(text string) string {
	first, _, _ := strings.Cut(text, "\n")
	return first
}

// diffLines is how much of a difference is shown: a module that prints ten
// thousand lines must not hide everything else.
const diffLines = 60

// head returns the first n lines of text, and says how many there are besides.
func head(text string, n int) string {
	lines := strings.Split(strings.TrimRight(text, "\n"), "\n")
	if len(lines) <= n {
		return text
	}
	return strings.Join(lines[:n], "\n") + fmt.Sprintf("\n... and %d lines more, in the log", len(lines)-n)
}

// Failed tells whether a case counts as failed: it neither passed nor is
// unsupported.
func Failed(r verdict.Record) bool {
	return r.Verdict != verdict.Pass && r.Verdict != verdict.Unsupported
}
