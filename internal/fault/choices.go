// SPDX-License-Identifier: GPL-2.0-only

package fault

import (
	"fmt"
	"strings"
)

// Choices is the hint for a name that does not exist: the known name that
// was probably meant, when there is one, and then all of them. what says what
// they are: "the lessons".
func Choices(name, what string, known []string) string {
	all := what + " are: " + strings.Join(known, ", ")
	if near := nearest(name, known); near != "" {
		return fmt.Sprintf("did you mean %q? %s", near, all)
	}
	return all
}

// nearest returns the one of known that name was probably meant to be: the one
// that the fewest changes of a letter, insertions and deletions lead to, if a
// third of the letters is right; a name that begins with it goes before.
// Otherwise it returns "".
func nearest(name string, known []string) string {
	best, least := "", len(name)*2/3+1
	for _, k := range known {
		d := distance(strings.ToLower(name), strings.ToLower(k))
		if len(name) > 2 && strings.HasPrefix(k, name) {
			d = 1
		}
		if d < least && d < len(k) {
			best, least = k, d
		}
	}
	return best
}

// distance is the edit distance of Levenshtein.
func distance(a, b string) int {
	row := make([]int, len(b)+1) // of a's beginning to each beginning of b
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		corner := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := corner
			if a[i] != b[j] {
				cost = 1 + min(corner, row[j], row[j+1])
			}
			corner, row[j+1] = row[j+1], cost
		}
	}
	return row[len(b)]
}
