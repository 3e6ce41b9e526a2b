// SPDX-License-Identifier: GPL-2.0-only

package harness

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"text/tabwriter"

	"kmodlab/harness/internal/bench"
	"kmodlab/harness/internal/lesson"
	"kmodlab/internal/kernel"
)

// Bench measures the lab on one kernel and writes out/bench.json. The case it
// measures is the one that "run" runs.
func (h Home) Bench(ctx context.Context, w io.Writer, f Flags, rounds int) error {
	ctx, l, err := h.open(ctx, w, f)
	if err != nil {
		return status(err)
	}
	figures, err := l.measure(ctx, f, rounds)
	if ctx.Err() != nil {
		return interrupted()
	}
	if err != nil {
		return status(err)
	}
	text, err := json.MarshalIndent(figures, "", "  ")
	if err != nil {
		return status(err)
	}
	if err := os.MkdirAll(l.out, 0o755); err != nil {
		return status(err)
	}
	if err := os.WriteFile(filepath.Join(l.out, "bench.json"), append(text, '\n'), 0o644); err != nil {
		return status(err)
	}
	fmt.Fprintf(w, "\n%s, %s, %s, medians of %d\n\n", figures.Kernel, figures.QEMU, figures.Accel, figures.Rounds)
	t := tabwriter.NewWriter(w, 0, 8, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(t, "what\tseconds\tof the floor\t")
	for _, row := range []struct {
		name    string
		seconds float64
	}{
		{"floor: boot to a do-nothing init", figures.Floor},
		{"cold boot to the first answer", figures.Cold},
		{"clone to the first answer", figures.Clone},
		{"clone, 95th percentile", figures.CloneP},
		{"a case that inserts three modules", figures.Case},
		{"a lesson that also removes them", figures.Lesson},
	} {
		fmt.Fprintf(t, "%s\t%.3f\t%.3f\t\n", row.name, row.seconds, row.seconds/figures.Floor)
	}
	t.Flush()
	fmt.Fprintf(w, "\na further clone costs %.1f MiB; %d of %d measurements failed\n", figures.PSS, figures.Failure, 5*figures.Rounds)
	return nil
}

func (l *lab) measure(ctx context.Context, f Flags, rounds int) (*bench.Figures, error) {
	source, err := l.kernel(ctx, f)
	if err != nil {
		return nil, err
	}
	runner, err := l.runner(ctx, []kernel.Source{source}, silent{l.view}, false)
	if err != nil {
		return nil, err
	}
	var cases bench.Cases
	if cases.Inserts, err = lesson.ReadCase(filepath.Join(l.home.Sources, "harness/internal/bench/lesson/inserts.txtar")); err != nil {
		return nil, err
	}
	if cases.Lesson, err = lesson.ReadCase(filepath.Join(l.home.Lessons, defaultLesson, "transcript.txtar")); err != nil {
		return nil, err
	}
	col, err := runner.Prepare(ctx, source)
	if err != nil {
		return nil, err
	}
	return bench.Measure(ctx, l.cache, runner, col, cases, rounds)
}
