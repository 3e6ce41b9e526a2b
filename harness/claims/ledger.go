// SPDX-License-Identifier: GPL-2.0-only

package claims

import (
	"fmt"
	"strings"

	"kmodlab/harness/verdict"
)

// Kernel is a column of the ledger.
type Kernel struct {
	Series string
	Has    func(condition string) (bool, error) // settles a script's condition on it
}

// Ledger is the ledger as a Markdown page, for docs/claims.md. Which verdict
// counts where follows from records; a claim that no case settles is said to
// be open.
func Ledger(list []Claim, settlements []Settlement, kernels []Kernel, records []verdict.Record) (string, error) {
	var b strings.Builder
	b.WriteString("<!-- Made by \"go tool mage claims\" from the scripts and from what the kernels said. Do not edit. -->\n\n")
	b.WriteString("# The claims, and what running kernels say\n\n")
	b.WriteString("| claim | says |")
	for _, k := range kernels {
		b.WriteString(" " + k.Series + " |")
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
		if err := details(&b, claim, settlements, kernels); err != nil {
			return "", err
		}
	}
	return b.String(), nil
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
			row.Cells = append(row.Cells, cell(claim, settlements, Kernel{Series: k}, outcome))
		}
		rows = append(rows, row)
	}
	return rows
}

// index maps lesson/case and series to what became of the case.
func index(records []verdict.Record) map[string]verdict.Record {
	m := map[string]verdict.Record{}
	for _, r := range records {
		m[r.Lesson+"/"+r.Case+" "+r.Column] = r
	}
	return m
}

// cell is the ledger's word on a claim on one kernel. Where several cases
// settle a claim, one that ran and passed counts for more than one that is
// unsupported, and a case that failed leaves the claim unsettled.
func cell(claim Claim, settlements []Settlement, k Kernel, outcome map[string]verdict.Record) string {
	word := "open"
	for _, s := range settlements {
		if s.Claim != claim.ID {
			continue
		}
		r, ran := outcome[s.Case.ID()+" "+k.Series]
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

func details(b *strings.Builder, claim Claim, settlements []Settlement, kernels []Kernel) error {
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
			series, err := where(p, kernels)
			if err != nil {
				return fmt.Errorf("%s: %w", s.Case.Script, err)
			}
			if len(series) > 0 {
				fmt.Fprintf(b, "\nOn %s:\n\n```\n%s\n```\n", strings.Join(series, ", "), strings.Join(p.Lines, "\n"))
			}
		}
	}
	return nil
}

// where returns the series on which a proof's conditions hold.
func where(p Proof, kernels []Kernel) ([]string, error) {
	var series []string
next:
	for _, k := range kernels {
		for _, c := range p.Conditions {
			ok, err := k.Has(c)
			if err != nil {
				return nil, err
			}
			if !ok {
				continue next
			}
		}
		series = append(series, k.Series)
	}
	return series, nil
}
