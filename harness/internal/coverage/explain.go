// SPDX-License-Identifier: GPL-2.0-only

package coverage

import (
	"regexp"
	"slices"
	"strings"
)

// marker begins a comment that explains why the lines after it are never run:
// "Never run: the kernel does not refuse that.".
var marker = regexp.MustCompile(`(?i)(?:/\*|//|^\s*\*)\s*never run: \S`)

// Explained divides ranges of a source: those that a comment explains, which ends
// in them or above them, perhaps with the condition between, and the rest.
func Explained(source string, never []Range) (explained, rest []Range) {
	ends := commentEnds(source)
	for _, r := range never {
		if slices.ContainsFunc(ends, func(n int) bool { return n >= r.From-2 && n <= r.To }) {
			explained = append(explained, r)
			continue
		}
		rest = append(rest, r)
	}
	return explained, rest
}

// commentEnds returns the last lines of the comments that explain something.
func commentEnds(source string) []int {
	var ends []int
	inside := false
	n := 0
	for line := range strings.Lines(source) {
		n++
		inside = inside || marker.MatchString(line)
		if inside && (strings.Contains(line, "*/") || !strings.Contains(line, "*")) {
			ends, inside = append(ends, n), false
		}
	}
	return ends
}
