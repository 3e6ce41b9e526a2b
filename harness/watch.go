// SPDX-License-Identifier: GPL-2.0-only

package harness

import (
	"context"
	"io"
	"path/filepath"
	"slices"
	"time"

	"golang.org/x/sync/errgroup"

	"kmodlab/harness/internal/lesson"
	"kmodlab/harness/internal/matrix"
	"kmodlab/harness/internal/report"
	"kmodlab/harness/internal/verdict"
	"kmodlab/harness/internal/watch"
	"kmodlab/internal/fault"
)

// Watch runs the cases of a lesson, and again each time that somebody saves one
// of its files or of the modules it needs, until it is interrupted.
func (h Home) Watch(ctx context.Context, w io.Writer, f Flags) error {
	ctx, l, err := h.open(ctx, w, f)
	if err != nil {
		return status(err)
	}
	found, err := l.lesson(f)
	if err != nil {
		return status(err)
	}
	r := &rounds{lab: l, w: w, flags: f, lesson: found}
	if r.runner, r.column, err = l.prepare(ctx, f, silent{l.view}, needs(found)...); err != nil {
		return ended(ctx, err)
	}
	r.runner.History = nil // a word that is missed is most of the time misspelt, and somebody waits
	for saved := time.Now(); ; {
		files, err := watch.New(watched, r.folders()...)
		if err != nil {
			return status(err)
		}
		r.run(ctx, saved)
		if err := files.Wait(ctx); ctx.Err() != nil {
			return nil // that is how a watch ends
		} else if err != nil {
			return status(err)
		}
		saved = time.Now()
		l.view.Fresh()
	}
}

// rounds are the verdicts on one lesson, each after a change.
type rounds struct {
	*lab
	w      io.Writer
	flags  Flags
	lesson lesson.Lesson
	runner *matrix.Runner
	column *matrix.Target
	past   []verdict.Record // of the rounds before
}

// folders are those whose files make a difference to the lesson.
func (r *rounds) folders() []string {
	kmod := r.home.Lessons
	folders := []string{kmod, filepath.Join(kmod, "include")}
	for _, name := range r.runner.Only {
		folders = append(folders, filepath.Join(kmod, name))
	}
	return folders
}

// watched tells whether a file makes a difference: a source, a script, or what
// a lesson is allowed.
func watched(name string) bool {
	switch filepath.Ext(name) {
	case ".c", ".h", ".S", ".txtar", ".toml":
		return true
	}
	return name == "Kbuild" || name == "Makefile"
}

// run builds the lesson and runs its cases. What goes wrong is shown: the next
// change may mend it.
func (r *rounds) run(ctx context.Context, saved time.Time) {
	records, err := r.cases(ctx)
	if ctx.Err() != nil {
		return
	}
	j := verdict.Run{Records: records, Past: r.past, Gone: gone([]lesson.Lesson{r.lesson})}.Judge()
	r.past = verdict.Known(r.past, j.Records)
	was := map[string]string{}
	for _, c := range j.Changes {
		was[c.Record.ID()] = ", was " + string(c.Before)
	}
	for _, rec := range j.Records {
		r.view.Printf("%-11s %s/%s on %s%s\n", rec.Verdict, rec.Lesson, rec.Case, rec.Kernel, was[rec.ID()])
	}
	report.Failures(r.w, j.Records, r.home.outName())
	if err != nil {
		r.view.Printf("%v\n", err)
	}
	r.view.Printf("\n%s, %.1f s after the change at %s; waiting for the next one, Ctrl-C ends\n",
		j.Closing(), time.Since(saved).Seconds(), saved.Format(time.TimeOnly))
}

// cases reads the lesson anew, builds what it needs and runs its cases.
func (r *rounds) cases(ctx context.Context) ([]verdict.Record, error) {
	var err error
	if r.lesson, err = r.lab.lesson(r.flags); err != nil {
		return nil, err
	}
	r.runner.Only = needs(r.lesson)
	if err := r.runner.Rebuild(ctx, r.column); err != nil {
		return nil, err
	}
	records := make([]verdict.Record, len(r.lesson.Cases))
	var group errgroup.Group
	for i, c := range r.lesson.Cases {
		group.Go(func() error {
			records[i] = r.runner.Case(ctx, r.column, c)
			return nil // a case that fails is a verdict
		})
	}
	return records, group.Wait()
}

// needs are the folders of the modules that the lessons' cases insert.
func needs(lessons ...lesson.Lesson) []string {
	var folders []string
	for _, l := range lessons {
		folders = append(folders, l.Name)
		for _, c := range l.Cases {
			folders = append(folders, c.Modules...)
		}
	}
	slices.Sort(folders)
	return slices.Compact(folders)
}

// silent shows steps only: a watch shows its verdicts itself.
type silent struct{ *report.Terminal }

func (silent) Step(_, _, _ string)    {}
func (silent) Log(_, _, _ string)     {}
func (silent) Verdict(verdict.Record) {}

// lesson returns the one lesson that the flags name.
func (l *lab) lesson(f Flags) (lesson.Lesson, error) {
	f.Lesson = or(f.Lesson, defaultLesson)
	found, err := l.lessons(f)
	if err != nil {
		return lesson.Lesson{}, err
	}
	if len(found) > 1 {
		return lesson.Lesson{}, &fault.Error{Owner: fault.Usage, What: "-lesson=" + f.Lesson + " names several lessons, one is needed"}
	}
	return found[0], nil
}
