// SPDX-License-Identifier: GPL-2.0-only

package report

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"text/tabwriter"

	"kmodlab/harness/verdict"
)

// Table writes the table case x kernel, in the order of records.
func Table(w io.Writer, records []verdict.Record) error {
	var rows, columns []string
	cells := map[string]string{}
	for _, r := range records {
		row, column := r.Lesson+"/"+r.Case, r.Column
		if !slices.Contains(rows, row) {
			rows = append(rows, row)
		}
		if !slices.Contains(columns, column) {
			columns = append(columns, column)
		}
		cells[row+" "+column] = string(r.Verdict)
	}
	t := tabwriter.NewWriter(w, 0, 8, 2, ' ', 0)
	fmt.Fprint(t, "case")
	for _, c := range columns {
		fmt.Fprint(t, "\t"+c)
	}
	fmt.Fprintln(t)
	for _, row := range rows {
		fmt.Fprint(t, row)
		for _, c := range columns {
			fmt.Fprint(t, "\t"+cells[row+" "+c])
		}
		fmt.Fprintln(t)
	}
	return t.Flush()
}

// Failures writes what a person needs of each case that is neither passed nor
// unsupported: whose fault, why, the difference, where the log is, and how to
// run exactly that again. Cases that failed for one and the same reason, such
// as a kernel that could not be fetched, are told once. out is the folder that
// the logs' paths start from.
func Failures(w io.Writer, records []verdict.Record, out string) {
	told := map[string]bool{}
	for _, r := range records {
		if r.Verdict == verdict.Pass || r.Verdict == verdict.Unsupported {
			continue
		}
		same := alike(records, r)
		if r.Log == "" && len(same) > 1 {
			if key := r.Column + r.Reason; !told[key] {
				told[key] = true
				failure(w, r, fmt.Sprintf("%d cases", len(same)), out)
			}
			continue
		}
		failure(w, r, r.Lesson+"/"+r.Case, out)
	}
}

// alike returns the records that ended on the same kernel for the same reason.
func alike(records []verdict.Record, r verdict.Record) []verdict.Record {
	var same []verdict.Record
	for _, other := range records {
		if other.Column == r.Column && other.Verdict == r.Verdict && other.Reason == r.Reason {
			same = append(same, other)
		}
	}
	return same
}

func failure(w io.Writer, r verdict.Record, what, out string) {
	kernel := r.Kernel
	if kernel == "" {
		kernel = r.Column
	}
	fmt.Fprintf(w, "\n%s  %s on %s  (fault of the %s)\n", r.Verdict, what, kernel, r.Owner)
	fmt.Fprint(w, Indent(r.Reason, "  "))
	if r.Diff != "" {
		fmt.Fprint(w, Indent(head(r.Diff, diffLines), "    "))
	}
	if r.Stack != "" {
		fmt.Fprint(w, "  it hangs here:\n", Indent(r.Stack, "    "))
	}
	if r.Log != "" {
		fmt.Fprintf(w, "  log:       %s/%s\n", out, r.Log)
	}
	fmt.Fprintf(w, "  reproduce: %s\n", r.Reproduce)
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

// Count returns how many of records passed, failed and were skipped, for the
// closing line.
func Count(records []verdict.Record) (passed, failed, skipped int) {
	for _, r := range records {
		switch r.Verdict {
		case verdict.Pass:
			passed++
		case verdict.Unsupported:
			skipped++
		default:
			failed++
		}
	}
	return passed, failed, skipped
}

// Closing returns the last line of a run: "cases: 24 passed, 0 failed, 1
// skipped".
func Closing(records []verdict.Record) string {
	passed, failed, skipped := Count(records)
	return fmt.Sprintf("cases: %d passed, %d failed, %d skipped", passed, failed, skipped)
}
