// SPDX-License-Identifier: GPL-2.0-only

package harness

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/rogpeppe/go-internal/diff"

	"kmodlab/harness/internal/lesson"
	"kmodlab/harness/internal/matrix"
	"kmodlab/harness/internal/verdict"
	"kmodlab/internal/fault"
	"kmodlab/internal/kernel"
)

// Bisect looks among the kernels that the flags name, all that the archive has
// when they name none, for the first one at which a case gets another verdict
// than before it. When first and last have the same verdict, it looks for the
// first one that prints something else.
func (h Home) Bisect(ctx context.Context, w io.Writer, f Flags) error {
	f.Kernel = or(f.Kernel, "every")
	ctx, l, err := h.open(ctx, w, f)
	if err != nil {
		return status(err)
	}
	p, err := l.plan(ctx, f)
	if err != nil {
		return status(err)
	}
	c, err := onlyCase(p.lessons)
	if err != nil {
		return status(err)
	}
	runner, err := l.runner(ctx, p.kernels, brief{l.view}, false)
	if err != nil {
		return status(err)
	}
	runner.Only, runner.Strict = needs(p.lessons...), f.strict()
	b := &bisection{runner: runner, kernels: p.kernels, c: c, records: map[int]verdict.Record{}}
	before, after, err := b.search(ctx)
	if ctx.Err() != nil {
		return failed(fault.ExitHarness, "interrupted; the kernels that were fetched stay in the cache")
	}
	if err != nil {
		return status(err)
	}
	b.tell(w, before, after)
	return nil
}

// onlyCase returns the one case that was asked for.
func onlyCase(lessons []lesson.Lesson) (lesson.Case, error) {
	if len(lessons) == 1 && len(lessons[0].Cases) == 1 {
		return lessons[0].Cases[0], nil
	}
	var names []string
	for _, l := range lessons {
		for _, c := range l.Cases {
			names = append(names, c.ID())
		}
	}
	return lesson.Case{}, &fault.Error{Owner: fault.Usage, What: fmt.Sprintf("one case is needed, not %d", len(names)), Where: "-run",
		Hint: "name it in full, as in -run='^" + names[0] + "$'"}
}

// bisection is a search under way.
type bisection struct {
	runner  *matrix.Runner
	kernels []kernel.Source
	c       lesson.Case
	records map[int]verdict.Record // by position of the kernel
}

// search returns two neighbours that differ, in their verdicts or else in what
// they print.
func (b *bisection) search(ctx context.Context) (before, after int, err error) {
	before, after, err = matrix.Bisect(len(b.kernels), func(i int) (string, error) {
		r, err := b.run(ctx, i)
		return string(r.Verdict), err
	})
	if err != nil || after < len(b.kernels) {
		return before, after, err
	}
	return matrix.Bisect(len(b.kernels), func(i int) (string, error) {
		r, err := b.run(ctx, i)
		return printed(r), err
	})
}

// run returns what becomes of the case on the i-th kernel. What the harness
// could not run is an error.
func (b *bisection) run(ctx context.Context, i int) (verdict.Record, error) {
	if r, ok := b.records[i]; ok {
		return r, nil
	}
	records, err := b.runner.Run(ctx, []matrix.Job{{Kernel: b.kernels[i], Case: b.c}})
	if err != nil {
		return verdict.Record{}, err
	}
	r := records[0]
	if r.Verdict == verdict.Infra {
		return r, errors.New(r.Reason)
	}
	b.records[i] = r
	return r, nil
}

// printed is everything the kernel printed in the case.
func printed(r verdict.Record) string {
	var b strings.Builder
	for _, s := range r.Steps {
		fmt.Fprintf(&b, "$ %s\n%s", s.Text, s.Got)
		if s.Got != "" && !strings.HasSuffix(s.Got, "\n") {
			b.WriteByte('\n')
		}
	}
	return b.String()
}

// tell tells what the search found.
func (b *bisection) tell(w io.Writer, before, after int) {
	name := func(i int) string { return b.kernels[i].Name }
	fmt.Fprintln(w)
	if after == len(b.kernels) {
		fmt.Fprintf(w, "%s: %s on %s as on %s, and the kernel prints the same\n", b.c.ID(), b.records[0].Verdict, name(0), name(before))
		return
	}
	was, is := b.records[before], b.records[after]
	switch {
	case was.Verdict != is.Verdict:
		fmt.Fprintf(w, "%s: %s up to %s, %s from %s on\n", b.c.ID(), was.Verdict, name(before), is.Verdict, name(after))
		for _, r := range []verdict.Record{was, is} {
			if r.Reason != "" {
				fmt.Fprintf(w, "  %s: %s\n", r.Called(), strings.ReplaceAll(strings.TrimSpace(r.Reason), "\n", "\n  "))
			}
		}
	default:
		fmt.Fprintf(w, "%s: %s everywhere, but from %s on the kernel prints something else than up to %s:\n%s", b.c.ID(), is.Verdict, name(after), name(before),
			diff.Diff(name(before), []byte(printed(was)), name(after), []byte(printed(is))))
	}
	if after > before+1 {
		fmt.Fprintf(w, "  what lies between them could not be run\n")
	}
	again := func(i int) string {
		return b.runner.Blank(matrix.Job{Kernel: b.kernels[i], Case: b.c}).Reproduce
	}
	fmt.Fprintf(w, "  compare: %s\n           %s\n", again(before), again(after))
}
