// SPDX-License-Identifier: GPL-2.0-only

package harness

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"kmodlab/harness/internal/report"
	"kmodlab/harness/internal/verdict"
	"kmodlab/internal/fault"
	"kmodlab/internal/step"
)

// Merge joins the output folders of machines that shared the work into this
// one's, and judges all of it as if it had run here. dirs are paths or patterns,
// with commas between. What the flags name and no part has is missing, and the
// run fails.
func (h Home) Merge(ctx context.Context, w io.Writer, dirs string, f Flags) error {
	ctx, l, err := h.open(ctx, w, f)
	if err != nil {
		return status(err)
	}
	folders, err := expand(dirs)
	if err != nil {
		return status(err)
	}
	parts, without, err := verdict.ReadParts(folders, resultsFile)
	if err != nil {
		return status(err)
	}
	for _, dir := range without {
		step.Note(ctx, "%s has no results: that part was interrupted, or never ran", dir)
	}
	records, err := verdict.Merge(parts, l.commit(ctx))
	if err != nil {
		return status(err)
	}
	p, err := l.plan(ctx, f)
	if err != nil {
		return status(err)
	}
	if err := errors.Join(l.takeLogs(parts), l.takeCoverage(parts)); err != nil {
		return status(err)
	}
	j, err := l.judge(p, records)
	if err != nil {
		return status(err)
	}
	report.Table(w, j)
	report.Failures(w, j.Records, l.home.outName())
	l.news(j.Changes)
	return l.conclude(w, j)
}

// expand returns the folders that a list of paths and patterns names.
func expand(list string) ([]string, error) {
	var folders []string
	for pattern := range strings.SplitSeq(list, ",") {
		found, err := filepath.Glob(pattern)
		if err != nil || len(found) == 0 {
			return nil, &fault.Error{Owner: fault.Usage, What: fmt.Sprintf("there is no folder %q", pattern), Err: err, Hint: "name the output folders of the parts, as in: " + fault.Command("merge 'parts/*'")}
		}
		folders = append(folders, found...)
	}
	return folders, nil
}

// takeLogs copies the logs of the parts beside this machine's own.
func (l *lab) takeLogs(parts []verdict.Part) error {
	for _, p := range parts {
		for _, r := range p.Records {
			if r.Log == "" || !filepath.IsLocal(r.Log) {
				continue
			}
			text, err := os.ReadFile(filepath.Join(p.Dir, r.Log))
			if err != nil {
				return &fault.Error{Owner: fault.Usage, What: "a log is missing", Where: filepath.Join(p.Dir, r.Log), Err: err, Hint: "keep the whole output folder of each part"}
			}
			to := filepath.Join(l.out, r.Log)
			if err := os.MkdirAll(filepath.Dir(to), 0o755); err != nil {
				return err
			}
			if err := os.WriteFile(to, text, 0o644); err != nil {
				return err
			}
		}
	}
	return nil
}
