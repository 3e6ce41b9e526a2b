// SPDX-License-Identifier: GPL-2.0-only

// Package page makes the HTML report: one file that needs nothing beside it,
// no network and no server.
//
// What a browser need not draw at once, the transcripts of what passed, stands
// in template elements; a transcript that is the same on several kernels is
// there once. What did not pass is on the page itself, so that it can be read
// without scripts, searched and printed.
package page

import (
	_ "embed"
	"fmt"
	"html/template"
	"io"
	"io/fs"
	"slices"

	"kmodlab/harness/internal/claims"
	"kmodlab/harness/internal/coverage"
	"kmodlab/harness/internal/report"
	"kmodlab/harness/internal/verdict"
)

//go:embed assets/page.html
var markup string

//go:embed assets/page.css
var style string

//go:embed assets/page.js
var script string

var page = template.Must(template.New("page").Funcs(template.FuncMap{
	"symbol":  symbol,
	"short":   short,
	"visible": visible,
	"clip":    clip,
	"seconds": func(s float64) string { return fmt.Sprintf("%.2f s", s) },
}).Parse(markup))

// Write writes the report of j to w. Of list, it shows the claims that
// settlements settle on the kernels of its records; logs is the folder that the
// records' logs lie in; measured is what the run measured of coverage, or nil.
func Write(w io.Writer, j verdict.Judgement, list []claims.Claim, settlements []claims.Settlement, measured *coverage.Run, logs fs.FS) error {
	records := j.Records
	var kernels []string
	for _, k := range report.NewGrid(records).Kernels {
		kernels = append(kernels, k.Name)
	}
	d := data{Style: template.CSS(style), Script: template.JS(script), Closing: j.Closing(), Stale: j.Ledger,
		Time: newTimeline(records), Coverage: newCovered(measured)}
	d.Started = started(records)
	for _, v := range verdict.All() {
		n := 0
		for _, r := range records {
			if r.Verdict == v {
				n++
			}
		}
		if n > 0 {
			d.Verdicts = append(d.Verdicts, count{v, n})
		}
	}
	d.details(records, logs)
	d.claims(claims.Rows(list, settlements, kernels, records))
	return page.Execute(w, d)
}

// data is what the template shows.
type data struct {
	Style       template.CSS
	Script      template.JS
	Closing     string
	Stale       string // what is wrong with the ledger of claims
	Started     string
	Verdicts    []count
	Kernels     []report.Kernel
	Rows        []row
	Failures    []detail
	Passed      []detail
	Transcripts [][]step
	Time        timeline
	Ledger      []claim
	Coverage    *covered // nil when none was measured
	LeftOut     []string // sentences: what is not on the page
}

type count struct {
	Verdict verdict.Verdict
	N       int
}

// row is a case; First tells that its lesson begins with it.
type row struct {
	Lesson, Case string
	First        bool
	Span         int // cases of the lesson, where First
	Cells        []*cell
}

type cell struct {
	Verdict verdict.Verdict
	Ref     int // number of the detail that tells about it
	Words   string
}

// detail is all that is to tell of a case.
type detail struct {
	verdict.Record
	N          int    // its number
	What       string // "notify/transcript", or "12 cases"
	Transcript int    // number of its transcript; -1 for none
	Steps      []step // of one that is on the page itself
	Console    string
	Note       string // on what of the log is not there
}

// details sorts records into what is on the page and what is behind cells.
func (d *data) details(records []verdict.Record, logs fs.FS) {
	numbers := map[*verdict.Record]int{}
	byKey := map[string]int{}
	shelf := newShelf(logs)
	transcripts := map[string]int{}
	for i := range records {
		r := &records[i]
		one := detail{Record: *r, N: i, What: r.Lesson + "/" + r.Case, Transcript: -1}
		numbers[r] = i
		if report.Failed(*r) {
			key := ""
			if r.Log == "" {
				key = fmt.Sprint(r.Called(), r.Verdict, r.Reason)
			}
			if first, told := byKey[key]; told && key != "" {
				numbers[r] = first
				continue
			}
			byKey[key] = i
			one.Steps = steps(r.Steps)
			one.Console, one.Note = shelf.read(r.Log)
			d.Failures = append(d.Failures, one)
			continue
		}
		if len(r.Steps) > 0 {
			one.Transcript = d.transcript(transcripts, r)
		}
		d.Passed = append(d.Passed, one)
	}
	d.name(records)
	d.rows(records, numbers)
	d.LeftOut = shelf.leftOut(len(d.Passed))
}

// name gives failures that stand for several cases a name that says so.
func (d *data) name(records []verdict.Record) {
	for _, f := range report.FailuresOf(records) {
		for i := range d.Failures {
			if g := &d.Failures[i]; f.Cases > 1 && g.Called() == f.Record.Called() && g.Lesson == f.Record.Lesson && g.Case == f.Record.Case {
				g.What = f.What()
			}
		}
	}
}

// transcript returns the number of r's transcript, which may be another
// kernel's too.
func (d *data) transcript(known map[string]int, r *verdict.Record) int {
	key := fmt.Sprint(r.Steps)
	n, ok := known[key]
	if !ok {
		n = len(d.Transcripts)
		known[key] = n
		d.Transcripts = append(d.Transcripts, steps(r.Steps))
	}
	return n
}

func (d *data) rows(records []verdict.Record, numbers map[*verdict.Record]int) {
	g := report.NewGrid(records)
	d.Kernels = g.Kernels
	for i, r := range g.Rows {
		one := row{Lesson: r.Lesson, Case: r.Case, First: i == 0 || g.Rows[i-1].Lesson != r.Lesson}
		if one.First {
			rest := g.Rows[i:]
			one.Span = slices.IndexFunc(rest, func(other report.Row) bool { return other.Lesson != r.Lesson })
			if one.Span < 0 {
				one.Span = len(rest)
			}
		}
		for k, record := range r.Cells {
			if record == nil {
				one.Cells = append(one.Cells, nil)
				continue
			}
			one.Cells = append(one.Cells, &cell{record.Verdict, numbers[record], words(*record, g.Kernels[k])})
		}
		d.Rows = append(d.Rows, one)
	}
}
