// SPDX-License-Identifier: GPL-2.0-only

package harness

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"

	"kmodlab/harness/internal/coverage"
	"kmodlab/harness/internal/lesson"
	"kmodlab/harness/internal/report"
	"kmodlab/harness/internal/report/page"
	"kmodlab/harness/internal/verdict"
	"kmodlab/internal/fault"
)

// Report makes the reports of the last run again, from its results.
func (h Home) Report(_ context.Context, w io.Writer) error {
	l := &lab{home: h, out: h.Out, view: terminal(w)}
	path := filepath.Join(l.out, resultsFile)
	j, err := verdict.ReadJudgement(path)
	if err == nil && j.Records == nil {
		err = &fault.Error{Owner: fault.Usage, What: "there are no results to report", Where: path, Hint: "run: " + fault.Command("test")}
	}
	if err != nil {
		return status(err)
	}
	written, err := l.reports(j)
	if err != nil {
		return status(err)
	}
	l.view.Printf("%s", written)
	l.lastWords(j)
	return nil
}

// reports writes every report of a judgement and returns a line that says where
// they are. A report that cannot be written keeps none of the others from it.
func (l *lab) reports(j verdict.Judgement) (string, error) {
	var names []string
	var failed error
	for _, r := range []struct {
		name  string
		write func(io.Writer, verdict.Judgement) error
	}{{"report.html", l.page}, {"junit.xml", report.JUnit}, {"results.ktap", report.KTAP}} {
		if err := l.publish(r.name, j, r.write); err != nil {
			failed = errors.Join(failed, err)
			continue
		}
		names = append(names, l.home.outName()+"/"+r.name)
	}
	if len(names) == 0 {
		return "reports: none could be written", failed
	}
	return "reports: " + strings.Join(names, ", "), failed
}

// publish writes one report, whole or not at all.
func (l *lab) publish(name string, j verdict.Judgement, write func(io.Writer, verdict.Judgement) error) error {
	var b bytes.Buffer
	err := write(&b, j)
	path := filepath.Join(l.out, name)
	if err == nil {
		err = verdict.Replace(path, b.Bytes())
	}
	if err != nil {
		return &fault.Error{Owner: fault.Host, What: "cannot write a report", Where: path, Err: err,
			Hint: "the results are safe in " + filepath.Join(l.out, resultsFile) + "; make the reports again with: " + fault.Command("report")}
	}
	return nil
}

// page writes the HTML report, with the claims that the lessons settle.
func (l *lab) page(w io.Writer, j verdict.Judgement) error {
	lessons, err := lesson.Find(l.home.Lessons)
	if err != nil {
		return err
	}
	list, said, err := settlements(lessons)
	if err != nil {
		return err
	}
	measured, err := coverage.Read(filepath.Join(l.out, coverageFile))
	if err != nil {
		return err
	}
	return page.Write(w, j, list, said, measured, os.DirFS(l.out))
}

// forGitHub writes the annotations and the summary of a judgement where GitHub's
// runner says that it wants them.
func (l *lab) forGitHub(w io.Writer, j verdict.Judgement) error {
	if os.Getenv("GITHUB_ACTIONS") != "true" {
		return nil
	}
	if err := report.Annotations(w, j); err != nil {
		return err
	}
	path := os.Getenv("GITHUB_STEP_SUMMARY")
	if path == "" {
		return nil
	}
	f, err := os.OpenFile(path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o644)
	if err == nil {
		err = errors.Join(report.Summary(f, j), f.Close())
	}
	if err != nil {
		return &fault.Error{Owner: fault.Host, What: "cannot write the step's summary", Where: path, Err: err}
	}
	return nil
}
