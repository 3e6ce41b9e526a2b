// SPDX-License-Identifier: GPL-2.0-only

package splat

import (
	"regexp"
	"strings"
	"testing"
)

func TestFirstBytes(t *testing.T) {
	for pattern, want := range map[string]string{
		`^(?:ab|c)`:    "ac",
		`^[0-2]x?`:     "012",
		`^a*b`:         "ab",
		`^(?i:a)b`:     "Aa",
		`^\[ BUG`:      "[",
		`^(?:x|\d)?y$`: "0123456789xy",
	} {
		var got strings.Builder
		for c, may := range firstBytes(regexp.MustCompile(pattern)) {
			if may && c < 0x80 {
				got.WriteByte(byte(c))
			}
		}
		if got.String() != want {
			t.Errorf("firstBytes(%q) = %q; want %q", pattern, got.String(), want)
		}
	}
	for _, pattern := range []string{`^.*x`, `^x?`} {
		if may := firstBytes(regexp.MustCompile(pattern)); !may['q'] || !may[0xff] {
			t.Errorf("firstBytes(%q) leaves some out; want all", pattern)
		}
	}
}

// TestByFirst holds that the table leaves nothing out: each line of the corpus is
// told by it as by all expressions.
func TestByFirst(t *testing.T) {
	all := []*regexp.Regexp{endLine, cutLine, tailLine, dumpLine, warnLine, details, quiet}
	table := newByFirst(all)
	for _, path := range corpus(t, "splats/*.txt", 80) {
		for line := range strings.Lines(string(readCorpus(t, path).body)) {
			text := strings.TrimSpace(line[min(len(line), strings.Index(line, "] ")+2):])
			want := false
			for _, re := range all {
				want = want || re.MatchString(text)
			}
			if got := table.match(text); got != (want && text != "") {
				t.Errorf("match(%q) = %v; want %v", text, got, want)
			}
		}
	}
}
