// SPDX-License-Identifier: GPL-2.0-only

package harness

import (
	"context"
	"errors"
	"io"
	"path/filepath"
	"strings"

	"kmodlab/harness/internal/commit"
	"kmodlab/harness/internal/lesson"
	"kmodlab/harness/internal/matrix"
	"kmodlab/harness/internal/report"
	"kmodlab/harness/internal/verdict"
	"kmodlab/internal/fault"
	"kmodlab/internal/step"
)

// The files of results in the output folder.
const (
	resultsFile = "results.json" // of the last run
	knownFile   = "known.json"   // the newest of every cell that ever ran: what is compared with, and how long things take
)

// judge judges the records of a plan, those of this machine or of several, and
// keeps the results.
func (l *lab) judge(p *plan, records []verdict.Record) (verdict.Judgement, error) {
	j := verdict.Run{Records: records, Plan: blank(&matrix.Runner{Root: l.home.Sources, Strict: p.strict, KernelArgs: l.args, Again: l.again}, p.cells), Past: p.past, Strict: p.strict, Gone: p.gone, Ledger: p.book.stale}.Judge()
	return j, errors.Join(j.Write(filepath.Join(l.out, resultsFile)), verdict.Write(filepath.Join(l.out, knownFile), verdict.Known(p.past, j.Records)))
}

// blank returns the records of cells that have not run.
func blank(runner *matrix.Runner, cells []matrix.Job) []verdict.Record {
	var all []verdict.Record
	for _, c := range cells {
		all = append(all, runner.Blank(c))
	}
	return all
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

// commit names the state of the project that a run is made from; "" when it is
// not known.
func (l *lab) commit(ctx context.Context) string {
	if l.home.Version != "" {
		return l.home.Version
	}
	work, remove, err := l.cache.Temp(ctx, "commit")
	if err != nil {
		return ""
	}
	defer remove()
	return commit.Of(ctx, l.home.Sources, work)
}

// commitOf names the state of the repository that the folder dir is in; "" when it is
// not known. Where git does not tell, that is told.
func (l *lab) commitOf(ctx context.Context, dir string) string {
	name, err := commit.Around(ctx, dir, l.home.Out)
	if err != nil {
		step.Note(ctx, "the results do not say of which commit they are: %v", err)
	}
	return name
}

// of returns records as made from the commit.
func of(commit string, records []verdict.Record) []verdict.Record {
	for i := range records {
		records[i].Commit = commit
	}
	return records
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

// conclude ends a run with the reports and with what close does.
func (l *lab) conclude(w io.Writer, j verdict.Judgement) error {
	report.Findings(w, j.Records)
	l.publishAll(w, j)
	return l.close(j)
}

// publishAll writes the reports and says where they are. One that could not be
// written is told and changes nothing about the results.
func (l *lab) publishAll(w io.Writer, j verdict.Judgement) {
	kept := l.keepCoverage(w)
	written, err := l.reports(j)
	if err := errors.Join(kept, err, l.forGitHub(w, j)); err != nil {
		l.view.Printf("\n%v\n", err)
	}
	l.view.Printf("\n%s", written)
}

// close ends a run with its last words, and the exit status that it deserves.
func (l *lab) close(j verdict.Judgement) error {
	l.lastWords(j)
	enough := l.enough()
	if code := j.Exit(); code != fault.ExitOK {
		return failed(code, "%s", j.Sentence())
	}
	return enough
}

// lastWords tells what is missing, what is wrong with the ledger, and the
// closing line.
func (l *lab) lastWords(j verdict.Judgement) {
	if missing := j.Missing(); len(missing) > 0 {
		l.view.Printf("\nnobody ran these cases:\n  %s\n", strings.Join(missing, "\n  "))
	}
	if j.Ledger != "" {
		l.view.Printf("\n%s\n", j.Ledger)
	}
	l.view.Printf("\n%s\n", j.Closing())
}
