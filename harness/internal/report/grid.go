// SPDX-License-Identifier: GPL-2.0-only

package report

import (
	"slices"

	"kmodlab/harness/internal/verdict"
)

// Grid is the results as a table of cases and kernels.
type Grid struct {
	Kernels []Kernel
	Rows    []Row
}

// Kernel is a column of a grid.
type Kernel struct {
	Name                  string // how a person calls it: "6.12", "6.12 rt", "6.12 with slub_debug=FZPU"
	Release               string // "6.12.118+deb13-cloud-amd64"; "" for one that could not be had
	Label                 string // the release, or else the name, with what was added to its command line
	Args                  string // what was added
	Series, Arch, Flavour string
}

// Row is a case on every kernel.
type Row struct {
	Lesson, Case string
	Cells        []*verdict.Record // one a kernel, in their order; nil where the case was not run
}

// NewGrid returns the grid of records, kernels and cases in the order in which
// they first appear. Its cells point into records.
func NewGrid(records []verdict.Record) Grid {
	var g Grid
	rows := map[string]int{}
	for _, r := range records {
		if k := kernelOf(r); !slices.Contains(g.Kernels, k) {
			g.Kernels = append(g.Kernels, k)
		}
	}
	for i := range records {
		r := &records[i]
		id := r.Lesson + "/" + r.Case
		n, known := rows[id]
		if !known {
			n = len(g.Rows)
			rows[id] = n
			g.Rows = append(g.Rows, Row{r.Lesson, r.Case, make([]*verdict.Record, len(g.Kernels))})
		}
		g.Rows[n].Cells[slices.Index(g.Kernels, kernelOf(*r))] = r
	}
	return g
}

func kernelOf(r verdict.Record) Kernel {
	return Kernel{r.Called(), r.Kernel, r.On(), r.Args, r.Series, r.Arch, r.Flavour}
}

// lessons returns the rows of g by lesson, in their order.
func (g Grid) lessons() [][]Row {
	var all [][]Row
	for _, row := range g.Rows {
		if n := len(all); n > 0 && all[n-1][0].Lesson == row.Lesson {
			all[n-1] = append(all[n-1], row)
			continue
		}
		all = append(all, []Row{row})
	}
	return all
}

// column returns the records of a kernel, by lesson.
func (g Grid) column(n int) [][]*verdict.Record {
	var all [][]*verdict.Record
	for _, rows := range g.lessons() {
		var cases []*verdict.Record
		for _, row := range rows {
			if r := row.Cells[n]; r != nil {
				cases = append(cases, r)
			}
		}
		if len(cases) > 0 {
			all = append(all, cases)
		}
	}
	return all
}
