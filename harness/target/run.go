// SPDX-License-Identifier: GPL-2.0-only

package target

import (
	"context"
	"errors"
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
	f = f.orKernel(defaultKernel)
	ctx, l, err := open(ctx, w, f.Locked)
	if err != nil {
		return status(err)
	}
	o, err := l.matrix(ctx, f, 1, func(l *lab) matrix.View { return loud{l.view} })
	if err != nil {
		return err
	}
	report.Failures(w, o.records, outFolder)
	l.news(o.changes)
	return l.conclude(w, o.records)
}

// outcome is what a run found out.
type outcome struct {
	lessons []lesson.Lesson
	records []verdict.Record
	changes []verdict.Change // since the cells ran last
}

// The files of results in the output folder.
const (
	resultsFile = "results.json" // of the last run
	knownFile   = "known.json"   // the newest of every cell that ever ran: what is compared with, and how long things take
)

// matrix runs what the flags name, jobs cases at once (0: as many as this
// machine carries), and keeps the results.
func (l *lab) matrix(ctx context.Context, f Flags, jobs int, show func(*lab) matrix.View) (*outcome, error) {
	plan, err := l.plan(ctx, f)
	if err != nil {
		return nil, status(err)
	}
	runner, err := l.runner(ctx, plan.kernels, show(l), f.Update)
	if err != nil {
		return nil, status(err)
	}
	runner.Jobs = jobs
	if f.Lesson != "" || f.Run != "" { // a part of the lessons needs a part of the modules
		runner.Only = needs(plan.lessons...)
	}
	records, err := runner.Run(ctx, plan.cells)
	if ctx.Err() != nil {
		return nil, interrupted()
	}
	if err != nil && len(records) == 0 {
		return nil, status(err)
	}
	records = verdict.Regress(records, gone(plan.lessons))
	if err := l.keep(plan.past, records); err != nil {
		return nil, status(err)
	}
	return &outcome{plan.lessons, records, verdict.Changes(plan.past, records)}, nil
}

// keep writes the records down, and with them what is known of other cells.
func (l *lab) keep(past, records []verdict.Record) error {
	if err := verdict.Write(filepath.Join(l.out, resultsFile), records); err != nil {
		return err
	}
	return verdict.Write(filepath.Join(l.out, knownFile), verdict.Known(past, records))
}

// news tells what changed since the cells ran last.
func (l *lab) news(changes []verdict.Change) {
	if len(changes) > 0 {
		l.view.Printf("\nsince the last run:\n")
	}
	for _, c := range changes {
		l.view.Printf("  %s\n", c)
	}
}

// gone returns what scripts say of things that newer kernels lack, by
// lesson/case.
func gone(lessons []lesson.Lesson) map[string][]string {
	series := map[string][]string{}
	for _, l := range lessons {
		for _, c := range l.Cases {
			series[c.ID()] = c.Gone
		}
	}
	return series
}

// conclude ends a run with the reports and with what close does. A report that
// could not be written is told and changes nothing about the results.
func (l *lab) conclude(w io.Writer, records []verdict.Record) error {
	written, err := l.reports(records)
	if err := errors.Join(err, l.forGitHub(w, records)); err != nil {
		l.view.Printf("\n%v\n", err)
	}
	l.view.Printf("\n%s", written)
	return l.close(records)
}

// close ends a run with the closing line, and with the exit status that the
// results deserve.
func (l *lab) close(records []verdict.Record) error {
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
