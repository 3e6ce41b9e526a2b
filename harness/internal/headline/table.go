// SPDX-License-Identifier: GPL-2.0-only

package headline

import (
	"cmp"
	"slices"
)

// Series are the complaints of one series of kernels.
type Series struct {
	Name    string // "6.12"
	Version string // of the sources
	Prints  []Print
}

// Row is a headline.
type Row struct {
	Sample   string   // as it may look
	File     string   // of the newest series that has it
	Function string   // the same
	Series   []string // that have it, oldest first
}

// Rows returns the headlines of all series, which are oldest first, in the order
// of their files. What is announced is none: whoever hears WARNING, BUG and
// panic hears it. Two places that print alike are one headline.
func Rows(all []Series) []Row {
	rows := map[string]*Row{}
	for _, s := range slices.Backward(all) {
		for _, p := range s.Prints {
			sample := sample(p.Format)
			if p.Loud || sample == "" {
				continue
			}
			row := rows[sample]
			if row == nil {
				row = &Row{Sample: sample, File: p.File, Function: p.Function}
				rows[sample] = row
			}
			if !slices.Contains(row.Series, s.Name) {
				row.Series = slices.Insert(row.Series, 0, s.Name)
			}
		}
	}
	var list []Row
	for _, row := range rows {
		list = append(list, *row)
	}
	slices.SortFunc(list, func(a, b Row) int { return cmp.Or(cmp.Compare(a.File, b.File), cmp.Compare(a.Sample, b.Sample)) })
	return list
}

// Judged is a headline with what is known of it: it is heard, or has to be, or
// there is a reason why not, or none of these.
type Judged struct {
	Row
	Heard  string // the kind of trouble as which it is heard; "" where it is not
	Hear   Hear   // how it has to be heard, where it is not
	Reason Reason // why it need not be
}

// own says whether the headline is worth a line of its own: it is not one of
// the many that a file prints and that have one reason.
func (j Judged) own() bool { return j.Heard != "" || j.Hear.Kind != "" || len(j.Reason.Texts) > 0 }

// Judge tells of each row what is known. heard returns as which kind of trouble
// a line of a log is heard, "" for none.
func (r Reasons) Judge(rows []Row, heard func(line string) string) []Judged {
	var all []Judged
	for _, row := range rows {
		j := Judged{Row: row, Heard: heard(row.Sample)}
		if j.Heard == "" {
			j.Hear, _ = r.hear(row)
		}
		if j.Heard == "" && j.Hear.Kind == "" {
			j.Reason, _ = r.reason(row)
		}
		all = append(all, j)
	}
	return all
}
