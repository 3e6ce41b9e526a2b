// SPDX-License-Identifier: GPL-2.0-only

package claims

import (
	"fmt"
	"slices"
	"strings"

	"kmodlab/harness/internal/lesson"
	"kmodlab/harness/internal/verdict"
)

// Ledger is the ledger as a Markdown page, for docs/claims.md. Which verdict
// counts where, and what the kernels printed, follows from records, whose
// columns kernels are; a claim that no case settles is said to be open.
func Ledger(list []Claim, settlements []Settlement, kernels []string, records []verdict.Record) string {
	var b strings.Builder
	b.WriteString("<!-- Made by \"go tool mage claims\" from the scripts and from what the kernels said. Do not edit. -->\n\n")
	b.WriteString("# The claims, and what running kernels say\n\n")
	b.WriteString("| claim | says |")
	for _, k := range kernels {
		b.WriteString(" " + k + " |")
	}
	b.WriteString("\n|---|---|" + strings.Repeat("---|", len(kernels)) + "\n")
	outcome := index(records)
	for _, claim := range list {
		fmt.Fprintf(&b, "| [%s](#%s) | %s |", claim.ID, strings.ToLower(claim.ID), claim.Text)
		for _, k := range kernels {
			b.WriteString(" " + cell(claim, settlements, k, outcome) + " |")
		}
		b.WriteString("\n")
	}
	for _, claim := range list {
		details(&b, claim, settlements, kernels, outcome)
	}
	return b.String()
}

// Settled tells whether records say something to all of settlements on each of
// the kernels: no case of them failed, and none is missing. A ledger of others
// is full of holes.
func Settled(settlements []Settlement, kernels []string, records []verdict.Record) bool {
	outcome := index(records)
	for _, s := range settlements {
		for _, k := range kernels {
			if v := outcome[s.Case.ID()+" "+k].Verdict; v != verdict.Pass && v != verdict.Unsupported {
				return false
			}
		}
	}
	return len(settlements) > 0
}

// Row is what the records say about one claim.
type Row struct {
	Claim
	Cells       []string // the ledger's word on each kernel
	Settlements []Settlement
}

// Rows is the ledger as data: a row for each claim that settlements settle, a
// cell for each of kernels, which are named as the records' columns are.
func Rows(list []Claim, settlements []Settlement, kernels []string, records []verdict.Record) []Row {
	outcome := index(records)
	var rows []Row
	for _, claim := range list {
		row := Row{Claim: claim}
		for _, s := range settlements {
			if s.Claim == claim.ID {
				row.Settlements = append(row.Settlements, s)
			}
		}
		if len(row.Settlements) == 0 {
			continue
		}
		for _, k := range kernels {
			row.Cells = append(row.Cells, cell(claim, settlements, k, outcome))
		}
		rows = append(rows, row)
	}
	return rows
}

// index maps lesson/case and series to what became of the case. A kernel with another
// command line than usual is not the one that a claim is about, and has another name.
func index(records []verdict.Record) map[string]verdict.Record {
	m := map[string]verdict.Record{}
	for _, r := range records {
		m[r.Lesson+"/"+r.Case+" "+r.Called()] = r
	}
	return m
}

// cell is the ledger's word on a claim on one kernel. Where several cases
// settle a claim, one that ran and passed counts for more than one that is
// unsupported, and a case that failed leaves the claim unsettled.
func cell(claim Claim, settlements []Settlement, kernel string, outcome map[string]verdict.Record) string {
	word := "open"
	for _, s := range settlements {
		if s.Claim != claim.ID {
			continue
		}
		r, ran := outcome[s.Case.ID()+" "+kernel]
		switch {
		case !ran:
		case r.Verdict == verdict.Pass && (word == "open" || strings.HasPrefix(word, "unsupported")):
			word = s.Verdict
		case r.Verdict == verdict.Unsupported && word == "open":
			word = "unsupported: " + r.Reason
		case r.Verdict != verdict.Pass && r.Verdict != verdict.Unsupported:
			return "unsettled: " + string(r.Verdict)
		}
	}
	return word
}

func details(b *strings.Builder, claim Claim, settlements []Settlement, kernels []string, outcome map[string]verdict.Record) {
	fmt.Fprintf(b, "\n## %s\n\n%s\n", claim.ID, claim.Text)
	for _, s := range settlements {
		if s.Claim != claim.ID {
			continue
		}
		remark := s.Remark
		if remark != "" {
			remark = ", " + remark
		}
		fmt.Fprintf(b, "\n**%s**%s: [%s](../kmod/%s/README.md), case `%s`.\n", s.Verdict, remark, s.Case.Lesson, s.Case.Lesson, s.Case.ID())
		for _, p := range s.Proofs {
			if on := where(s.Case, p, kernels, outcome); len(on) > 0 {
				fmt.Fprintf(b, "\nOn %s:\n\n```\n%s\n```\n", strings.Join(on, ", "), strings.Join(p.Lines, "\n"))
			}
		}
	}
}

// where returns the kernels on which a step of the case was compared with the
// proof.
func where(c lesson.Case, p Proof, kernels []string, outcome map[string]verdict.Record) []string {
	var on []string
	for _, k := range kernels {
		if slices.ContainsFunc(outcome[c.ID()+" "+k].Steps, func(s verdict.Step) bool { return s.Section == p.Section && s.Compared }) {
			on = append(on, k)
		}
	}
	return on
}
