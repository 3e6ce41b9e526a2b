// SPDX-License-Identifier: GPL-2.0-only

package page

import (
	"fmt"
	"slices"

	"kmodlab/harness/internal/claims"
	"kmodlab/harness/internal/verdict"
)

// claim is a row of the ledger, and the cases that settle it.
type claim struct {
	claims.Row
	Proofs []proof
}

// proof is a case that settles a claim.
type proof struct {
	Case, Verdict, Remark string
	Ref                   int // number of the detail that tells about it; -1 where it was not run
}

// claims shows the claims that this run says something to.
func (d *data) claims(rows []claims.Row) {
	for _, r := range rows {
		if !slices.ContainsFunc(r.Cells, func(word string) bool { return word != "open" }) {
			continue
		}
		one := claim{Row: r}
		for _, s := range r.Settlements {
			p := proof{s.Case.ID(), s.Verdict, s.Remark, d.find(s.Case.Lesson, s.Case.Name)}
			if !slices.Contains(one.Proofs, p) { // a script may settle it in several steps
				one.Proofs = append(one.Proofs, p)
			}
		}
		d.Ledger = append(d.Ledger, one)
	}
	if n := len(rows) - len(d.Ledger); n > 0 {
		d.LeftOut = append(d.LeftOut, fmt.Sprintf("%d claims are left out, for this run did not settle them.", n))
	}
}

// find returns the number of the detail that shows a case best: where it
// passed, or else where it ran at all.
func (d *data) find(lesson, name string) int {
	best := -1
	for _, row := range d.Rows {
		if row.Lesson != lesson || row.Case != name {
			continue
		}
		for _, c := range row.Cells {
			if c != nil && (best < 0 || c.Verdict == verdict.Pass) {
				best = c.Ref
			}
		}
	}
	return best
}
