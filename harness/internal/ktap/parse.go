// SPDX-License-Identifier: GPL-2.0-only

package ktap

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// The lines of the format, without what stands before all of them.
var (
	versionLine = regexp.MustCompile(`^(|.*\S )( *)(?:KTAP version 1|TAP version 1[34])$`)
	subtestLine = regexp.MustCompile(`^# Subtest: (.+)$`)
	planLine    = regexp.MustCompile(`^1\.\.(\d+)(?:$| *#)`)
	resultLine  = regexp.MustCompile(`^(ok|not ok) (\d+)(?: (.*))?$`)
)

// mostPending is how many lines are kept of what is logged before a result: the last
// ones.
const mostPending = 40

// parser goes by indentation: the lines of a group are further in than the result of
// that group, which follows them.
type parser struct {
	prefix string   // of each line, that of the last version line: "mymodule: "
	stack  []*group // the groups that are not over, outermost first
}

func (p *parser) top() *group { return p.stack[len(p.stack)-1] }

func (p *parser) pop() *group {
	g := p.top()
	p.stack = p.stack[:len(p.stack)-1]
	return g
}

func (p *parser) read(line string) {
	if m := versionLine.FindStringSubmatch(line); m != nil {
		p.prefix = m[1]
		p.open(&group{indent: len(m[2]), plan: unplanned, fresh: true})
		return
	}
	body, ours := strings.CutPrefix(line, p.prefix)
	text := strings.TrimLeft(body, " ")
	if indent := len(body) - len(text); ours && p.part(indent, strings.TrimRight(text, " ")) {
		return
	}
	g := p.top()
	g.pending = append(g.pending, strings.TrimSpace(line))
	g.pending = g.pending[max(0, len(g.pending)-mostPending):]
}

// part takes in a line of the format, and tells whether it was one.
func (p *parser) part(indent int, text string) bool {
	g := p.top()
	if m := subtestLine.FindStringSubmatch(text); m != nil {
		if !g.fresh || g.indent != indent { // KUnit of 5.10
			g = &group{indent: indent, plan: unplanned}
			p.open(g)
		}
		g.name, g.fresh = m[1], false
		return true
	}
	if m := planLine.FindStringSubmatch(text); m != nil && g.indent == indent {
		g.fresh = false
		if n, err := strconv.Atoi(m[1]); err == nil && g.plan == unplanned {
			g.plan = n
		} else {
			g.complain("it has a second plan, or one that is no number: " + text)
		}
		return true
	}
	if m := resultLine.FindStringSubmatch(text); m != nil {
		return p.result(indent, m[1] == "ok", m[2], m[3])
	}
	if strings.HasPrefix(text, "Bail out!") && g.indent != outside {
		g.complain(text)
	}
	return false
}

// open begins a group; those that are as far in have ended.
func (p *parser) open(g *group) {
	p.abandon(g.indent)
	p.stack = append(p.stack, g)
}

// abandon ends the groups that are as far in as indent, or further, without a
// result. Only the outermost need none.
func (p *parser) abandon(indent int) {
	for p.top().indent >= indent {
		g := p.pop()
		if p.top().indent != outside {
			g.complain("it ended without a result")
		}
		p.top().tests = append(p.top().tests, g.below(g.name)...)
	}
}

// result takes in the result of a test, or of the group that is further in.
func (p *parser) result(indent int, ok bool, number, text string) bool {
	var inner *group
	if p.top().indent > indent {
		p.abandon(p.within(indent) + 1)
		inner = p.pop()
	}
	g := p.top()
	if inner == nil && g.indent == outside && ok {
		return false // somebody says that all is well; a suite that cannot begin says no more than "not ok"
	}
	g.fresh = false
	g.seen++
	if n, err := strconv.Atoi(number); g.indent != outside && (err != nil || n != g.seen) {
		g.complain(fmt.Sprintf("its result %d has the number %s", g.seen, number))
	}
	t := judge(ok, text)
	if t.Path[0] == "" {
		t.Path[0] = number
	}
	t.Lines, g.pending = g.pending, nil
	if inner == nil {
		g.tests = append(g.tests, t)
		return true
	}
	tests := inner.below(t.Path[0])
	failed := slices.ContainsFunc(tests, func(t Test) bool { return t.Outcome == Failed })
	if len(tests) == 0 || t.Outcome == Failed && !failed {
		if len(tests) > 0 {
			t.Why = "it failed, though none of its tests did"
		}
		t.Lines = append(inner.pending, t.Lines...)
		tests = append(tests, t)
	}
	g.tests = append(g.tests, tests...)
	return true
}

// within returns how far in the outermost group is that is further in than indent.
func (p *parser) within(indent int) int {
	i := slices.IndexFunc(p.stack, func(g *group) bool { return g.indent > indent })
	return p.stack[i].indent
}

func (g *group) complain(what string) {
	if g.wrong == "" {
		g.wrong = what
	}
}

// judge reads what follows the number of a result: a description, and behind a hash
// sign a directive, or something to know.
func judge(ok bool, text string) Test {
	name, more, _ := strings.Cut(text, "#")
	name, more = strings.TrimSpace(strings.TrimPrefix(name, "- ")), strings.TrimSpace(more)
	t := Test{Path: []string{name}, Outcome: Failed}
	directive, why, _ := strings.Cut(more, " ")
	switch {
	case directive == "SKIP":
		t.Outcome, t.Why = Skipped, why
	case ok, directive == "XFAIL", directive == "TODO": // it was expected to fail
		t.Outcome = Passed
	default:
		t.Why = more
	}
	return t
}
