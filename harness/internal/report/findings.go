// SPDX-License-Identifier: GPL-2.0-only

package report

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"kmodlab/harness/internal/verdict"
)

// finding is what kernels remarked on a case that passed.
type finding struct {
	Text  string
	Cases []string // "notify/order on 7.3"
}

// findingsOf returns the findings of records, each with the cases that have it.
func findingsOf(records []verdict.Record) []finding {
	var all []finding
	for _, r := range records {
		if r.Verdict != verdict.Pass {
			continue // there is worse to see to
		}
		for _, text := range r.Findings {
			i := slices.IndexFunc(all, func(f finding) bool { return f.Text == text })
			if i < 0 {
				i, all = len(all), append(all, finding{Text: text})
			}
			all[i].Cases = append(all[i].Cases, fmt.Sprintf("%s/%s on %s", r.Lesson, r.Case, r.Called()))
		}
	}
	return all
}

// Findings writes what the kernels remarked on cases that passed, if anything.
func Findings(w io.Writer, records []verdict.Record) {
	all := findingsOf(records)
	if len(all) == 0 {
		return
	}
	fmt.Fprintf(w, "\npassed, and the kernel remarked:\n")
	for _, f := range all {
		fmt.Fprintf(w, "  %s\n    %s\n", printable(f.Text), strings.Join(f.Cases, ", "))
	}
}
