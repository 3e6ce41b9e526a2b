// SPDX-License-Identifier: GPL-2.0-only

package headline

import "strings"

// token is a word of a C source. Comments and white space are none.
type token struct {
	kind  tokenKind
	text  string // of a string its contents, with the escapes resolved
	first bool   // of its line; a line that a backslash continues is one line
	left  bool   // at the very left: in the kernel's style what ends or begins a function
}

type tokenKind byte

const (
	word   tokenKind = 'w' // an identifier or a number
	quoted tokenKind = 'q' // a string
	sign   tokenKind = 's' // one character of punctuation, or a character constant
)

// is says whether the token is a sign, or an identifier, of this text.
func (t token) is(text string) bool { return t.kind != quoted && t.text == text }

// tokens splits a C source. It reads every text: what is no C makes tokens that
// are of no use to anybody.
func tokens(source string) []token {
	s := scanner{rest: source, first: true, left: true}
	for s.skip() {
		s.take()
	}
	return s.all
}

// scanner goes through a source. first and left are about what comes next.
type scanner struct {
	rest        string
	all         []token
	first, left bool
}

// skip goes to the next token and says whether there is one.
func (s *scanner) skip() bool {
	for s.rest != "" {
		switch {
		case s.rest[0] == '\n':
			s.rest, s.first, s.left = s.rest[1:], true, true
		case strings.HasPrefix(s.rest, "\\\n"):
			s.rest, s.left = s.rest[2:], false
		case strings.HasPrefix(s.rest, "//"):
			s.rest = s.rest[until(s.rest, "\n"):]
		case strings.HasPrefix(s.rest, "/*"):
			end := until(s.rest[2:], "*/")
			s.rest, s.left = strings.TrimPrefix(s.rest[2+end:], "*/"), false
		case strings.IndexByte(" \t\r\f\v\\", s.rest[0]) >= 0:
			s.rest, s.left = s.rest[1:], false
		default:
			return true
		}
	}
	return false
}

// until is how much of text comes before end.
func until(text, end string) int {
	if i := strings.Index(text, end); i >= 0 {
		return i
	}
	return len(text)
}

// take adds the token that the rest begins with.
func (s *scanner) take() {
	t := token{first: s.first, left: s.left}
	switch c := s.rest[0]; {
	case c == '"':
		t.kind = quoted
		t.text, s.rest = literal(s.rest)
	case c == '\'':
		t.kind, t.text = sign, "'"
		_, s.rest = literal(s.rest)
	case isWord(c):
		n := 1
		for n < len(s.rest) && isWord(s.rest[n]) {
			n++
		}
		t.kind, t.text, s.rest = word, s.rest[:n], s.rest[n:]
	default:
		t.kind, t.text, s.rest = sign, s.rest[:1], s.rest[1:]
	}
	s.all = append(s.all, t)
	s.first, s.left = false, false
}

func isWord(c byte) bool {
	return c == '_' || '0' <= c && c <= '9' || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z'
}

// literal returns the contents of the string, or of the character constant, that
// text begins with, and what follows. It ends with its line at the latest, for
// an apostrophe may stand in the text of an #error.
func literal(text string) (contents, rest string) {
	quote := text[0]
	var b strings.Builder
	for i := 1; i < len(text); i++ {
		switch c := text[i]; {
		case c == quote:
			return b.String(), text[i+1:]
		case c == '\n':
			return b.String(), text[i:]
		case c == '\\' && i+1 < len(text):
			i++
			b.WriteString(escaped(text[i]))
		default:
			b.WriteByte(c)
		}
	}
	return b.String(), ""
}

// escaped is what a backslash and c are in a string. Of numbers, which formats
// hardly have, no more is known than that they print nothing to read.
func escaped(c byte) string {
	switch c {
	case 'n':
		return "\n"
	case 't':
		return "\t"
	case '"', '\'', '\\', '?':
		return string(c)
	}
	return "" // also the end of a line that goes on
}
