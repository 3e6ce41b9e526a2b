// SPDX-License-Identifier: GPL-2.0-only

package matrix

import (
	"cmp"
	"slices"

	"kmodlab/harness/internal/lesson"
	"kmodlab/harness/internal/verdict"
	"kmodlab/internal/kernel"
)

// Job is one case on one kernel: the unit of work.
type Job struct {
	Kernel  kernel.Source
	Case    lesson.Case
	Seconds float64 // what it is expected to take, by the past
}

// Plan returns the cells of the lessons on the kernels, kernel by kernel. What
// each took when it ran last is taken from past; a cell without a past counts
// as the median of the others.
func Plan(kernels []kernel.Source, lessons []lesson.Lesson, past []verdict.Record) []Job {
	seconds := map[string]float64{}
	var known []float64
	for _, r := range past {
		if r.Seconds > 0 {
			seconds[r.ID()] = r.Seconds
			known = append(known, r.Seconds)
		}
	}
	usual := 1.0
	if len(known) > 0 {
		slices.Sort(known)
		usual = known[len(known)/2]
	}
	var cells []Job
	for _, k := range kernels {
		for _, l := range lessons {
			for _, c := range l.Cases {
				cell := Job{Kernel: k, Case: c}
				cell.Seconds = cmp.Or(seconds[cell.id()], usual)
				cells = append(cells, cell)
			}
		}
	}
	return cells
}

// Blank is the record of a cell that has not run.
func (r *Runner) Blank(c Job) verdict.Record { return r.blank(c.Kernel, nil, c.Case) }

// id names the cell as [verdict.Record.ID] does.
func (c Job) id() string { return verdict.CellID(c.Kernel.Name, c.Case.Lesson, c.Case.Name) }

// Shard returns the i-th of n parts of the cells, counted from 1. The parts are
// runs of neighbours that are expected to take about the same time, so a part
// needs few kernels; together they are all cells, each once. The same cells
// with the same past are divided in the same way on every machine.
func Shard(cells []Job, i, n int) []Job {
	var total float64
	for _, c := range cells {
		total += c.Seconds
	}
	var part []Job
	var before float64
	for _, c := range cells {
		middle := (before + c.Seconds/2) / total * float64(n)
		if min(int(middle), n-1) == i-1 {
			part = append(part, c)
		}
		before += c.Seconds
	}
	return part
}

// columns groups the cells by kernel, in the order of the kernels, and returns
// for each the positions of its cells, those that take longest first: begun
// last, they would keep the others waiting at the end.
func columns(cells []Job) (kernels []kernel.Source, positions [][]int) {
	at := map[string]int{}
	for i, c := range cells {
		column, ok := at[c.Kernel.Name]
		if !ok {
			column = len(kernels)
			at[c.Kernel.Name] = column
			kernels = append(kernels, c.Kernel)
			positions = append(positions, nil)
		}
		positions[column] = append(positions[column], i)
	}
	for _, p := range positions {
		slices.SortStableFunc(p, func(a, b int) int { return cmp.Compare(cells[b].Seconds, cells[a].Seconds) })
	}
	return kernels, positions
}
