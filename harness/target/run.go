// SPDX-License-Identifier: GPL-2.0-only

package target

import (
	"context"
	"io"
	"path/filepath"

	"kmodlab/harness/fault"
	"kmodlab/harness/lesson"
	"kmodlab/harness/matrix"
	"kmodlab/harness/report"
	"kmodlab/harness/verdict"
)

// What "run" runs when it is not told otherwise: the lesson that the project
// begins with, on the kernel of Debian's stable release.
const (
	defaultLesson = "notify"
	defaultKernel = "6.12"
)

// Run builds a lesson's modules, boots a kernel and replays the lesson's
// cases, showing every step and every line of the kernel log as it comes.
func Run(ctx context.Context, w io.Writer, f Flags) error {
	if f.Lesson == "" && f.Run == "" {
		f.Lesson = defaultLesson
	}
	f.Kernel = or(f.Kernel, defaultKernel)
	ctx, l, err := open(ctx, w, f.Locked)
	if err != nil {
		return status(err)
	}
	_, records, err := l.matrix(ctx, f, 1, func(l *lab) matrix.View { return loud{l.view} })
	if err != nil {
		return err
	}
	report.Failures(w, records, outFolder)
	return l.conclude(records)
}

// matrix runs what the flags name, jobs cases at once (0: as many as there are
// CPUs), and keeps the results.
func (l *lab) matrix(ctx context.Context, f Flags, jobs int, show func(*lab) matrix.View) ([]lesson.Lesson, []verdict.Record, error) {
	lessons, err := l.lessons(f)
	if err != nil {
		return nil, nil, status(err)
	}
	kernels, err := l.kernels(ctx, f)
	if err != nil {
		return nil, nil, status(err)
	}
	runner, err := l.runner(ctx, kernels, show(l), f.Update)
	if err != nil {
		return nil, nil, status(err)
	}
	runner.Jobs = jobs
	records, err := runner.Run(ctx, kernels, lessons)
	if ctx.Err() != nil {
		return nil, nil, failed(fault.ExitHarness, "interrupted; the cache and the results of the run before stay valid")
	}
	if writeErr := verdict.Write(filepath.Join(l.out, "results.json"), records); writeErr != nil && err == nil {
		err = writeErr
	}
	if err != nil && len(records) == 0 {
		return nil, nil, status(err)
	}
	return lessons, records, nil
}

// conclude ends a run with the closing line, and with the exit status that the
// results deserve.
func (l *lab) conclude(records []verdict.Record) error {
	l.view.Printf("\n%s\n", report.Closing(records))
	switch code := verdict.Exit(records); {
	case len(records) == 0:
		return failed(code, "no case ran")
	case code == fault.ExitHarness:
		return failed(code, "cases could not be run")
	case code != fault.ExitOK:
		return failed(code, "cases failed")
	}
	return nil
}
