// SPDX-License-Identifier: GPL-2.0-only

package splat

import (
	"regexp/syntax"
	"slices"

	"github.com/cloudflare/ahocorasick"
)

// triggers finds which headlines a line may be, by words that each of them has.
var triggers = newTriggers(headlines)

type trigger struct {
	begins gram4
	words  *ahocorasick.Matcher
	of     [][]int // the headlines that have a word
}

func newTriggers(all []headline) trigger {
	index := map[string][]int{}
	for i := range all {
		tree, err := syntax.Parse(all[i].pattern.String(), syntax.Perl)
		if err != nil {
			panic(err) // it was compiled before
		}
		for _, word := range required(tree.Simplify()) {
			index[word] = append(index[word], i)
		}
	}
	var t trigger
	var words []string
	for word, headlines := range index {
		t.begins.add(word)
		words, t.of = append(words, word), append(t.of, headlines)
	}
	t.words = ahocorasick.NewStringMatcher(words)
	return t
}

// candidates returns the headlines that a line may be, in their order.
func (t *trigger) candidates(text string) []int {
	if !t.begins.in(text) {
		return nil // as nearly every line
	}
	var all []int
	for _, hit := range t.words.MatchThreadSafe([]byte(text)) {
		all = append(all, t.of[hit]...)
	}
	slices.Sort(all)
	return all
}

// gram4 holds how words begin, by their first four bytes: a bit for the hash of
// each. It errs on one side only, and takes a tenth of the time of a search for the
// words themselves.
type gram4 [1 << 10]uint64

// add adds how a word begins. One of three letters is followed by any: no headline
// ends with it.
func (g *gram4) add(word string) {
	switch {
	case len(word) == 3:
		for last := range 256 {
			g.add(word + string([]byte{byte(last)}))
		}
		return
	case len(word) < 3:
		panic("a headline has no word of three letters: " + word) // a mistake in the lists
	}
	h := hash4(uint32(word[0]) | uint32(word[1])<<8 | uint32(word[2])<<16 | uint32(word[3])<<24)
	g[h>>6] |= 1 << (h & 63)
}

// in tells whether one of the words may be in text.
func (g *gram4) in(text string) bool {
	var four uint32
	for i := range len(text) {
		four = four>>8 | uint32(text[i])<<24
		if h := hash4(four); i >= 3 && g[h>>6]&(1<<(h&63)) != 0 {
			return true
		}
	}
	return false
}

func hash4(four uint32) uint32 { return four * 2654435761 >> 16 }

// required returns words of which each text that an expression matches has at
// least one; nil when there are none.
func required(re *syntax.Regexp) []string {
	switch re.Op {
	case syntax.OpLiteral:
		if re.Flags&syntax.FoldCase == 0 {
			return []string{string(re.Rune)}
		}
	case syntax.OpCapture, syntax.OpPlus:
		return required(re.Sub[0])
	case syntax.OpAlternate:
		var all []string
		for _, sub := range re.Sub {
			words := required(sub)
			if words == nil {
				return nil
			}
			all = append(all, words...)
		}
		return all
	case syntax.OpConcat:
		var best []string
		for _, sub := range re.Sub {
			if words := required(sub); shortest(words) > shortest(best) {
				best = words
			}
		}
		return best
	}
	return nil
}

func shortest(words []string) int {
	least := 0
	for i, word := range words {
		if i == 0 || len(word) < least {
			least = len(word)
		}
	}
	return least
}
