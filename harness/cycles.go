// SPDX-License-Identifier: GPL-2.0-only

package harness

import (
	"context"
	"fmt"
	"io"
	"path/filepath"
	"strings"

	"kmodlab/harness/internal/cycle"
	"kmodlab/harness/internal/matrix"
	"kmodlab/harness/internal/report"
	"kmodlab/harness/internal/verdict"
	"kmodlab/internal/fault"
)

// cyclesFolder is where, under the output folder, the cycles leave results and
// logs, beside those of a test run.
const cyclesFolder = "cycles"

// Cycles loads and unloads the modules of each lesson rounds times on each
// kernel of the test set, or on those that the flags name, and fails where
// something is left behind.
func (h Home) Cycles(ctx context.Context, w io.Writer, f Flags, rounds int) error {
	if least := cycle.Warmup + cycle.MinRounds; rounds < least {
		return status(&fault.Error{Owner: fault.Usage, What: fmt.Sprintf("%d rounds show no leak", rounds), Where: "-rounds", Hint: fmt.Sprintf("take %d or more", least)})
	}
	ctx, l, err := h.open(ctx, w, f)
	if err != nil {
		return status(err)
	}
	l.out = filepath.Join(l.out, cyclesFolder)
	lessons, err := l.lessons(f)
	if err != nil {
		return status(err)
	}
	kernels, err := l.kernels(ctx, f)
	if err != nil {
		return status(err)
	}
	runner, err := l.runner(ctx, kernels, counting{brief{l.view}}, false)
	if err != nil {
		return status(err)
	}
	runner.Play = cycle.Cycles{Rounds: rounds}.Play
	cells, commit := matrix.Plan(kernels, cycle.Lessons(lessons), nil), l.commit(ctx)
	records, err := runner.Run(ctx, cells)
	if ctx.Err() != nil {
		return failed(fault.ExitHarness, "interrupted")
	}
	if err != nil && len(records) == 0 {
		return status(err)
	}
	for i, r := range records {
		records[i].Reproduce = strings.Replace(r.Reproduce, "mage run", fmt.Sprintf("mage cycles -rounds=%d", rounds), 1)
	}
	// Whether something went away is for a test to say.
	j := verdict.Run{Records: of(commit, records), Plan: blank(runner, cells)}.Judge()
	if err := j.Write(filepath.Join(l.out, resultsFile)); err != nil {
		return status(err)
	}
	l.view.Printf("\n")
	report.Table(w, j)
	report.Failures(w, j.Records, filepath.Join(l.home.outName(), cyclesFolder))
	return l.conclude(w, j)
}
