// SPDX-License-Identifier: GPL-2.0-only

package report

import (
	"fmt"
	"io"
	"path/filepath"
	"text/tabwriter"

	"kmodlab/harness/internal/verdict"
)

// Table writes the table case x kernel, in the order of the records.
func Table(w io.Writer, j verdict.Judgement) error {
	g := NewGrid(j.Records)
	t := tabwriter.NewWriter(w, 0, 8, 2, ' ', 0)
	fmt.Fprint(t, "case")
	for _, k := range g.Kernels {
		fmt.Fprint(t, "\t"+k.Name)
	}
	fmt.Fprintln(t)
	for _, row := range g.Rows {
		fmt.Fprint(t, row.Lesson+"/"+row.Case)
		for _, r := range row.Cells {
			cell := ""
			if r != nil {
				cell = string(r.Verdict)
			}
			fmt.Fprint(t, "\t"+cell)
		}
		fmt.Fprintln(t)
	}
	return t.Flush()
}

// Failures writes what a person needs of each case that is neither passed nor
// unsupported: whose fault, why, the difference or what the kernel reported,
// where the log is, and how to run exactly that again. out is the folder that
// the logs' paths start from; a log that is not there is no error.
func Failures(w io.Writer, records []verdict.Record, out string) {
	for _, f := range FailuresOf(records) {
		r, last := f.Record, ""
		if r.Log != "" {
			r.Log = filepath.Join(out, r.Log)
			if r.Diff == "" && r.Trouble == "" && r.Stack == "" {
				last = lastLines(r.Log)
			}
		}
		fmt.Fprintf(w, "\n%s  %s on %s  (fault of the %s)\n%s", r.Verdict, f.What(), r.On(), r.Owner, Indent(account(r, last), "  "))
	}
}
