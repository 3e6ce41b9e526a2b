// SPDX-License-Identifier: GPL-2.0-only

package harness

import (
	"context"
	"io"

	"kmodlab/harness/internal/matrix"
	"kmodlab/harness/internal/report"
	"kmodlab/harness/internal/verdict"
)

// What "run" runs when it is not told otherwise: the lesson that the project
// begins with, on the kernel of Debian's stable release.
const (
	defaultLesson = "notify"
	defaultKernel = "6.12"
)

// Run builds a lesson's modules, boots a kernel and replays the lesson's
// cases, showing every step and every line of the kernel log as it comes.
func (h Home) Run(ctx context.Context, w io.Writer, f Flags) error {
	if f.Lesson == "" && f.Run == "" {
		f.Lesson = defaultLesson
	}
	f = f.orKernel(defaultKernel)
	ctx, l, err := h.open(ctx, w, f)
	if err != nil {
		return status(err)
	}
	_, j, err := l.matrix(ctx, f, 1, func(l *lab) matrix.View { return loud{l.view} })
	if err != nil {
		return err
	}
	report.Failures(w, j.Records, l.home.outName())
	l.news(j.Changes)
	return l.conclude(w, j)
}

// matrix runs what the flags name, jobs cases at once (0: as many as this
// machine carries), judges it and keeps the results.
func (l *lab) matrix(ctx context.Context, f Flags, jobs int, show func(*lab) matrix.View) (*plan, verdict.Judgement, error) {
	var none verdict.Judgement
	p, err := l.plan(ctx, f)
	if err != nil {
		return nil, none, status(err)
	}
	runner, err := l.runner(ctx, p.kernels, show(l), f.Update)
	if err != nil {
		return nil, none, status(err)
	}
	runner.Jobs, runner.Strict = jobs, f.strict()
	if f.Lesson != "" || f.Run != "" { // a part of the lessons needs a part of the modules
		runner.Only = needs(p.lessons...)
	}
	l.cover(f, runner, p.kernels, runner.Only...)
	commit := l.commit(ctx)
	records, err := runner.Run(ctx, p.cells)
	if ctx.Err() != nil {
		return nil, none, interrupted()
	}
	if err != nil && len(records) == 0 {
		return nil, none, status(err)
	}
	l.gather(runner, l.home.Lessons)
	j, err := l.judge(p, of(commit, records))
	return p, j, status(err)
}
