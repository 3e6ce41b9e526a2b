// SPDX-License-Identifier: GPL-2.0-only

package verdict

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// CellID names one case on one kernel: "notify/transcript on 6.12".
func CellID(column, lesson, name string) string { return lesson + "/" + name + " on " + column }

// ID returns the name of what the record is about. A kernel with another command line
// is another one.
func (r Record) ID() string { return CellID(r.Called(), r.Lesson, r.Case) }

// Called returns how a person calls the kernel of the record: "6.12", or "6.12 with
// slub_debug=FZPU" where something was added to its command line.
func (r Record) Called() string { return r.with(r.Column) }

// On returns the release of the record's kernel in the place of its name, if it is known.
func (r Record) On() string { return r.with(cmp.Or(r.Kernel, r.Column)) }

// with adds to the name of a kernel what was added to its command line.
func (r Record) with(kernel string) string {
	if r.Args == "" {
		return kernel
	}
	return kernel + " with " + r.Args
}

// News is what a change of a verdict means to a reader.
type News string

// The kinds of news, in the order in which they are told.
const (
	Broken    News = "newly broken"
	Mended    News = "newly mended"
	Lost      News = "newly unsupported"
	Gained    News = "newly supported"
	Otherwise News = "broken in another way"
)

// Change is a case whose verdict on a kernel is another one than before.
type Change struct {
	News   News
	Before Verdict
	Record Record // as it is now
}

// String tells the change in one line.
func (c Change) String() string {
	line := fmt.Sprintf("%s: %s: %s becomes %s", c.News, c.Record.ID(), c.Before, c.Record.Verdict)
	if c.Record.Reason != "" {
		line += ": " + firstLine(c.Record.Reason)
	}
	return line
}

// changes returns what is different in after, for the cells that both have.
func changes(before, after []Record) []Change {
	was := map[string]Record{}
	for _, r := range before {
		was[r.ID()] = r
	}
	found := map[News][]Change{}
	for _, r := range after {
		old, ok := was[r.ID()]
		if !ok || silent(old, r, after) {
			continue
		}
		if news := newsOf(old.Verdict, r.Verdict); news != "" {
			found[news] = append(found[news], Change{news, old.Verdict, r})
		}
	}
	var all []Change
	for _, news := range []News{Broken, Otherwise, Lost, Gained, Mended} {
		all = append(all, found[news]...)
	}
	return all
}

// silent tells that r, one of records, says nothing new of its cell, of which
// old is known: the harness could not run the case; or it is unsupported as it
// was then, and the older kernel by which that was a failure did not run.
func silent(old, r Record, records []Record) bool {
	if r.Verdict == Infra {
		return true
	}
	return old.Lost != nil && r.Verdict == Unsupported && !slices.ContainsFunc(records, func(o Record) bool {
		return o.Series == old.Lost.Had && had(o, r)
	})
}

// newsOf returns what the change is, "" when it is none.
func newsOf(before, after Verdict) News {
	switch {
	case before == after, before == Infra: // which says nothing of the case
		return ""
	case after == Unsupported:
		return Lost
	case after == Pass && before == Unsupported:
		return Gained
	case after == Pass:
		return Mended
	case before == Pass, before == Unsupported:
		return Broken
	}
	return Otherwise
}

// Known returns the newest record of every cell: those of after, and those of
// before that after does not have. What says nothing new leaves the older
// record standing.
func Known(before, after []Record) []Record {
	at := map[string]int{}
	all := slices.Clone(before)
	for i, r := range before {
		at[r.ID()] = i
	}
	for _, r := range after {
		i, ok := at[r.ID()]
		switch {
		case r.Missing:
		case !ok:
			at[r.ID()] = len(all)
			all = append(all, r)
		case !silent(all[i], r, after):
			all[i] = r
		}
	}
	return all
}

func firstLine(text string) string {
	line, _, _ := strings.Cut(text, "\n")
	return line
}
