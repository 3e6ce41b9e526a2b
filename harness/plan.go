// SPDX-License-Identifier: GPL-2.0-only

package harness

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"path/filepath"

	"kmodlab/harness/internal/lesson"
	"kmodlab/harness/internal/matrix"
	"kmodlab/harness/internal/verdict"
	"kmodlab/internal/fault"
	"kmodlab/internal/kernel"
	"kmodlab/internal/step"
)

// plan is the work that the flags name.
type plan struct {
	lessons []lesson.Lesson
	kernels []kernel.Source
	cells   []matrix.Job
	past    []verdict.Record // what is known of these and other cells
	strict  bool

	// Of all lessons, for parts may have more cases than the plan.
	gone map[string][]string // see [verdict.Run]
	book *book
}

// plan returns the work that the flags name.
func (l *lab) plan(ctx context.Context, f Flags) (*plan, error) {
	lessons, err := l.lessons(f)
	if err != nil {
		return nil, err
	}
	every, err := l.lessons(Flags{})
	if err != nil {
		return nil, err
	}
	book, err := l.book(ctx, every)
	if err != nil {
		return nil, err
	}
	kernels, err := l.kernels(ctx, f)
	if err != nil {
		return nil, err
	}
	past, err := verdict.Read(filepath.Join(l.out, knownFile))
	if err != nil { // of an older state of the project, perhaps; nothing depends on it
		step.Note(ctx, "nothing is known of earlier runs: %v", err)
	}
	p := &plan{lessons, kernels, matrix.Plan(kernels, lessons, past), past, f.strict(), gone(every), book}
	if f.Shard != "" {
		if p.cells, err = shard(p.cells, f.Shard); err != nil {
			return nil, err
		}
	}
	return p, nil
}

// shard returns the part of the cells that flag names.
func shard(cells []matrix.Job, flag string) ([]matrix.Job, error) {
	var i, n int
	if _, err := fmt.Sscanf(flag, "%d/%d", &i, &n); err != nil || fmt.Sprintf("%d/%d", i, n) != flag || n < 1 || i < 1 || i > n {
		return nil, &fault.Error{Owner: fault.Usage, What: fmt.Sprintf("there is no part %q", flag), Where: "-shard", Hint: "write -shard=2/5 for the second of five parts"}
	}
	part := matrix.Shard(cells, i, n)
	if len(part) == 0 {
		return nil, &fault.Error{Owner: fault.Usage, What: fmt.Sprintf("part %s of %d cases is empty", flag, len(cells)), Where: "-shard", Hint: "take fewer parts"}
	}
	return part, nil
}

// planned is a cell in the text of a plan.
type planned struct {
	Kernel    string  `json:"kernel"`
	Lesson    string  `json:"lesson"`
	Case      string  `json:"case"`
	Seconds   float64 `json:"seconds"` // expected
	Reproduce string  `json:"reproduce"`
}

// Plan prints the work that the flags name, without doing it: as JSON, or one
// case a line.
func (h Home) Plan(ctx context.Context, w io.Writer, f Flags, asJSON bool) error {
	// What is fetched to make the plan is told elsewhere than the plan.
	ctx, l, err := h.open(ctx, io.Discard, f)
	if err != nil {
		return status(err)
	}
	p, err := l.plan(ctx, f)
	if err != nil {
		return status(err)
	}
	list := []planned{}
	for _, c := range p.cells {
		list = append(list, planned{c.Kernel.Name, c.Case.Lesson, c.Case.Name, c.Seconds, matrix.Reproduce(c.Kernel, c.Case)})
	}
	if asJSON {
		e := json.NewEncoder(w)
		e.SetIndent("", "  ")
		return status(e.Encode(list))
	}
	for _, c := range list {
		fmt.Fprintf(w, "%6.2fs  %s/%s on %s\n", c.Seconds, c.Lesson, c.Case, c.Kernel)
	}
	return nil
}
