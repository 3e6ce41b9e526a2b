// SPDX-License-Identifier: GPL-2.0-only

package headline

import (
	"strings"
	"testing"
)

func TestTokens(t *testing.T) {
	for _, tc := range []struct{ name, source, want string }{
		{"words and signs", "int a=b1;", "int a = b1 ;"},
		{"comments", "a/* b \"c */d // e \"\nf", "a d f"},
		{"a comment that does not end", "a /* b", "a"},
		{"a comment in a string", `"/* no */ // no"`, `"/* no */ // no"`},
		{"escapes", `"a\n\"b\"\t\\\x41"`, "\"a\n\"b\"\t\\41\""},
		{"a string over two lines", "\"a\\\nb\"", `"ab"`},
		{"a string without end", "\"a\nb", `"a" b`},
		{"characters", `'"' '\'' a`, "' ' a"},
		{"an apostrophe", "#error don't\na", "# error don ' a"},
		{"a line that goes on", "a \\\n b", "a b"},
		{"nothing", " \t\n", ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			var got []string
			for _, tok := range tokens(tc.source) {
				if tok.kind == quoted {
					tok.text = `"` + tok.text + `"`
				}
				got = append(got, tok.text)
			}
			if text := strings.Join(got, " "); text != tc.want {
				t.Errorf("tokens(%q) = %q; want %q", tc.source, text, tc.want)
			}
		})
	}
}

// Where a line begins, directives and functions are known by.
func TestTokenPlaces(t *testing.T) {
	var got []string
	for _, tok := range tokens("a b\n c \\\n d\n}\n/* x */e\n") {
		mark := ""
		if tok.first {
			mark += "first "
		}
		if tok.left {
			mark += "left "
		}
		got = append(got, mark+tok.text)
	}
	want := "first left a, b, first c, d, first left }, first e"
	if text := strings.Join(got, ", "); text != want {
		t.Errorf("tokens are %q; want %q", text, want)
	}
}
