// SPDX-License-Identifier: GPL-2.0-only

package page

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestBeside(t *testing.T) {
	for name, tt := range map[string]struct{ want, got, pairs string }{
		"the same":         {"a b", "a b", "a=a b=b"},
		"nothing":          {"", "", ""},
		"a line is gone":   {"a b c", "a c", "a=a b- c=c"},
		"a line is new":    {"a c", "a b c", "a=a +b c=c"},
		"another line":     {"a b c", "a x c", "a=a b- +x c=c"},
		"the order":        {"a b c", "b a c", "a- b=b +a c=c"},
		"nothing expected": {"", "a b", "+a +b"},
		"nothing printed":  {"a b", "", "a- b-"},
		"all is different": {"a b", "c d", "a- b- +c +d"},
		"more at the end":  {"a a", "a a a", "a=a a=a +a"},
	} {
		t.Run(name, func(t *testing.T) {
			var shown []string
			for _, p := range beside(strings.Fields(tt.want), strings.Fields(tt.got)) {
				shown = append(shown, map[string]string{"same": p.Want + "=" + p.Got, "want": p.Want + "-", "got": "+" + p.Got}[p.Kind])
			}
			if got := strings.Join(shown, " "); got != tt.pairs {
				t.Errorf("beside(%q, %q) = %q; want %q", tt.want, tt.got, got, tt.pairs)
			}
		})
	}
}

// Whatever the logs are, each of their lines is shown once and in order.
func FuzzBeside(f *testing.F) {
	f.Add("a\nb\n", "b\na\n")
	f.Add("", "x")
	f.Fuzz(func(t *testing.T, want, got string) {
		var left, right []string
		for _, p := range beside(lines(want), lines(got)) {
			if p.Kind != "got" {
				left = append(left, p.Want)
			}
			if p.Kind != "want" {
				right = append(right, p.Got)
			}
			if p.Kind == "same" && p.Want != p.Got {
				t.Fatalf("%q is said to be the same as %q", p.Want, p.Got)
			}
		}
		if !slices.Equal(left, lines(want)) || !slices.Equal(right, lines(got)) {
			t.Errorf("beside(%q, %q) shows %q and %q", want, got, left, right)
		}
	})
}

// Logs that are too long to be aligned are shown one after the other.
func TestBesideManyLines(t *testing.T) {
	want, got := strings.Repeat("a\nb\n", 1000), strings.Repeat("b\nc\n", 1000)
	if n := len(beside(lines(want), lines(got))); n != 4000 {
		t.Errorf("beside() of 2000 lines each = %d pairs; want 4000", n)
	}
}

func TestVisible(t *testing.T) {
	if diff := cmp.Diff("a\tb\n␛[31m␀␡ é", visible("a\tb\r\n\x1b[31m\x00\x7f é")); diff != "" {
		t.Errorf("visible(): (-want +got)\n%s", diff)
	}
}
