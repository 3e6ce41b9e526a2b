// SPDX-License-Identifier: GPL-2.0-only

package harness

import (
	"context"
	"io"
	"strings"

	"kmodlab/harness/internal/matrix"
	"kmodlab/harness/internal/report"
	"kmodlab/harness/internal/suite"
	"kmodlab/internal/fault"
)

// Test runs every lesson on every kernel of the test set, or on those that the
// flags name, and then the project's Go tests, which find in the cache what the
// lessons needed. What the lessons showed is complete before those begin.
func (h Home) Test(ctx context.Context, w io.Writer, f Flags) error {
	ctx, l, err := h.open(ctx, w, f)
	if err != nil {
		return status(err)
	}
	rules, err := suite.Rules()
	if err != nil {
		return status(err)
	}
	_, j, err := l.matrix(ctx, f, 0, func(l *lab) matrix.View { return brief{l.view} })
	if err != nil {
		return err
	}
	l.view.Printf("\n")
	report.Table(w, j)
	report.Failures(w, j.Records, l.home.outName())
	l.news(j.Changes)
	l.publishAll(w, j)
	var closing string
	var trouble error
	if f.Shard == "" || strings.HasPrefix(f.Shard, "1/") { // of several machines, one tests the harness
		l.view.Printf("\n")
		l.kernelOfGoTests(ctx)
		closing, trouble = l.goTests(ctx, l.home.Sources, f.Long, rules)
	}
	if ctx.Err() != nil {
		return failed(fault.ExitHarness, "interrupted in the Go tests; the results of the cases are complete")
	}
	if trouble != nil {
		l.view.Printf("\n%v\n", trouble)
	}
	l.view.Printf("%s", closing)
	if err := l.close(j); err != nil {
		return err
	}
	if trouble != nil {
		return failed(fault.ExitFailed, "the cases passed, but not all else is well")
	}
	return nil
}
