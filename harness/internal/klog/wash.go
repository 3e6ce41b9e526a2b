// SPDX-License-Identifier: GPL-2.0-only

package klog

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

const escape = 0x1b

// wash makes a line printable and no longer than it was: colours and all that
// else a terminal would obey vanish, as do control characters; what is no text
// becomes a question mark.
func wash(s string) string {
	for i := range len(s) {
		if b := s[i]; b < ' ' && b != '\t' || b >= 0x7f {
			return scrub(s, i)
		}
	}
	return s
}

// scrub is wash for a line of which the first clean bytes are clean.
func scrub(raw string, clean int) string {
	var out strings.Builder
	out.Grow(len(raw))
	out.WriteString(raw[:clean])
	endless := false // no string of a terminal ends in the rest of the line
	for i := clean; i < len(raw); {
		b := raw[i]
		switch {
		case b == escape:
			n := sequence(raw[i:], !endless)
			endless = endless || n == 0
			i += max(n, 2)
		case b >= ' ' && b < 0x7f || b == '\t':
			out.WriteByte(b)
			i++
		case b < utf8.RuneSelf:
			i++
		default:
			r, n := utf8.DecodeRuneInString(raw[i:])
			switch {
			case r == utf8.RuneError && n == 1 || !unicode.IsPrint(r) && !unicode.IsControl(r):
				out.WriteByte('?')
			case unicode.IsPrint(r):
				out.WriteString(raw[i : i+n])
			}
			i += n
		}
	}
	return out.String()
}

// sequence returns how long the sequence is that b begins with, by ECMA-48: a
// control sequence (colours, the cursor), a string (titles, links) where
// endings is true, or an escape and what follows it. It returns 0 for a string
// that does not end.
func sequence(b string, endings bool) int {
	if len(b) < 2 {
		return len(b)
	}
	switch b[1] {
	case '[':
		n := 2
		for n < len(b) && b[n] >= 0x20 && b[n] < 0x40 {
			n++
		}
		if n < len(b) && b[n] >= 0x40 && b[n] < 0x7f {
			n++
		}
		return n
	case ']', 'P', 'X', '^', '_':
		if !endings {
			return 2
		}
		for n := 2; n < len(b); n++ {
			if b[n] == '\a' {
				return n + 1
			}
			if b[n] == escape && strings.HasPrefix(b[n+1:], `\`) {
				return n + 2
			}
		}
		return 0
	case '(', ')', '*', '+', '#', '%', ' ':
		return min(3, len(b)) // which characters a terminal shows
	}
	return 2
}
