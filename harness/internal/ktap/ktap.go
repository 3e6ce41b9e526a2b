// SPDX-License-Identifier: GPL-2.0-only

// Package ktap reads the results of tests that a kernel has logged, as KUnit and
// others write them (Documentation/dev-tools/ktap.rst, version 1). Of a module's suites
// KUnit of 5.10 writes no version line at all, that of 6.1 one for each, that of 6.12 one
// around all of them as well (lib/kunit/test.c, lib/kunit/executor.c).
package ktap

import (
	"fmt"
	"strings"
)

// Outcome is what became of a test.
type Outcome int

// The outcomes, from the best to the worst.
const (
	Skipped Outcome = iota
	Passed
	Failed
)

// Test is a test that has no others below it, or a group of tests with which
// something is wrong that is wrong with none of them.
type Test struct {
	Path    []string // the names of the groups that it is in, and its own, if they have one
	Outcome Outcome
	Why     string   // of a test that did not pass, in one line
	Lines   []string // what was logged before its result
}

// Read returns the tests whose results are among the lines of a log, in their order.
// One that ran more than once is told once, at its worst.
func Read(lines []string) []Test {
	p := &parser{stack: []*group{{indent: outside, plan: unplanned}}}
	for _, line := range lines {
		p.read(line)
	}
	p.abandon(0)
	return worst(p.stack[0].tests)
}

// worst returns each test once.
func worst(tests []Test) []Test {
	var all []Test
	at := map[string]int{}
	for _, t := range tests {
		name := strings.Join(t.Path, "\x00")
		i, known := at[name]
		switch {
		case !known:
			at[name] = len(all)
			all = append(all, t)
		case t.Outcome > all[i].Outcome:
			all[i] = t
		}
	}
	return all
}

// group is tests that follow each other on one level.
type group struct {
	indent  int
	name    string
	fresh   bool // nothing but its version line was seen
	plan    int  // how many results it promised
	seen    int
	wrong   string // the first thing that is wrong with it
	tests   []Test
	pending []string // logged since the last result
}

const (
	outside   = -1 // the indent of what is around all groups
	unplanned = -1 // a plan may be missing
)

// problem returns what is wrong with a group that is over; "" when nothing is.
func (g *group) problem() string {
	if g.wrong == "" && g.plan != unplanned && g.plan != g.seen {
		return fmt.Sprintf("it promised %d results and gave %d", g.plan, g.seen)
	}
	return g.wrong
}

// below returns the tests of a group that is called name, the group itself among
// them if something is wrong with it.
func (g *group) below(name string) []Test {
	var tests []Test
	for _, t := range g.tests {
		if name != "" {
			t.Path = append([]string{name}, t.Path...)
		}
		tests = append(tests, t)
	}
	if why := g.problem(); why != "" {
		t := Test{Outcome: Failed, Why: why, Lines: g.pending}
		if name != "" {
			t.Path = []string{name}
		}
		tests = append(tests, t)
	}
	return tests
}
