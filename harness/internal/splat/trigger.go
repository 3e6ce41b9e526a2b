// SPDX-License-Identifier: GPL-2.0-only

package splat

import (
	"regexp/syntax"
	"slices"
	"strings"

	"github.com/cloudflare/ahocorasick"
)

// triggers finds which headlines a line may be, by words that each of them has.
var triggers = newTriggers(headlines)

type trigger struct {
	begins gram4
	words  *ahocorasick.Matcher
	of     [][]int     // the headlines that have a word
	first  [][256]bool // of each headline, with which bytes its lines begin
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
	for i := range all {
		t.first = append(t.first, firstBytes(all[i].pattern))
	}
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

// gram4 holds four bytes of each word, those that are rarest in texts: a bit for the
// hash of them. It errs on one side only, and takes a tenth of the time of a search
// for the words themselves.
type gram4 [1 << 12]uint64

// add adds a word. One of three letters is followed by any: no headline ends with it.
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
	word = rarest(word)
	h := hash4(uint32(word[0]) | uint32(word[1])<<8 | uint32(word[2])<<16 | uint32(word[3])<<24)
	g[h>>6] |= 1 << (h & 63)
}

// frequent are the letters of texts, and the blank, from the most frequent on.
const frequent = " etaoinsrhldcumfpgwybvkxjqz"

// rarest returns the four bytes of a word that are rarest by their letters.
func rarest(word string) string {
	at, best := 0, 0
	for i := range len(word) - 3 {
		rank := 0
		for _, c := range []byte(word[i : i+4]) {
			if n := strings.IndexByte(frequent, c); n >= 0 {
				rank += n
			} else {
				rank += len(frequent)
			}
		}
		if rank > best {
			at, best = i, rank
		}
	}
	return word[at : at+4]
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

func hash4(four uint32) uint32 { return four * 2654435761 >> 14 }

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
