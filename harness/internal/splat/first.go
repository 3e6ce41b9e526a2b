// SPDX-License-Identifier: GPL-2.0-only

package splat

import (
	"regexp"
	"regexp/syntax"
)

// byFirst are expressions that match from the beginning of a text, by the byte that
// it begins with: most need not be tried.
type byFirst [256][]*regexp.Regexp

func newByFirst(all []*regexp.Regexp) *byFirst {
	var t byFirst
	for _, re := range all {
		for c, may := range firstBytes(re) {
			if may {
				t[c] = append(t[c], re)
			}
		}
	}
	return &t
}

// match tells whether one of them matches text.
func (t *byFirst) match(text string) bool {
	if text == "" {
		return false
	}
	for _, re := range t[text[0]] {
		if re.MatchString(text) {
			return true
		}
	}
	return false
}

// firstBytes returns with which bytes a text may begin that re matches from its
// beginning.
func firstBytes(re *regexp.Regexp) (may [256]bool) {
	tree, err := syntax.Parse(re.String(), syntax.Perl)
	if err != nil {
		panic(err) // it was compiled before
	}
	prog, err := syntax.Compile(tree.Simplify())
	if err != nil {
		panic(err)
	}
	seen := make([]bool, len(prog.Inst))
	var visit func(pc uint32)
	visit = func(pc uint32) {
		if seen[pc] {
			return
		}
		seen[pc] = true
		switch inst := &prog.Inst[pc]; inst.Op {
		case syntax.InstAlt, syntax.InstAltMatch:
			visit(inst.Out)
			visit(inst.Arg)
		case syntax.InstCapture, syntax.InstNop, syntax.InstEmptyWidth:
			visit(inst.Out)
		case syntax.InstMatch:
			for c := range may {
				may[c] = true
			}
		case syntax.InstRune, syntax.InstRune1, syntax.InstRuneAny, syntax.InstRuneAnyNotNL:
			for c := range may {
				// The bytes of what is no ASCII say little of their own.
				may[c] = may[c] || c >= 0x80 || inst.MatchRune(rune(c))
			}
		}
	}
	visit(uint32(prog.Start))
	return may
}
