// SPDX-License-Identifier: GPL-2.0-only

package api

import "bytes"

// token is a word, a sign or a line of the preprocessor.
type token struct {
	text  []byte // of a directive, what follows its #
	kind  byte   // word, directive, quote or sign
	first bool   // it begins in the first column
}

const (
	word      = 'w'
	directive = '#'
	quote     = '"' // a string or a character, whatever is in it
	sign      = '.'
)

func (t token) is(text string) bool { return t.kind != directive && string(t.text) == text }

// tokens splits C into its tokens, without comments.
func tokens(text []byte) []token {
	var all []token
	lineStart, fresh := 0, true // fresh: nothing of the line was seen yet
	for i := 0; i < len(text); {
		c := text[i]
		switch {
		case c == '\n':
			i++
			lineStart, fresh = i, true
			continue
		case c == ' ' || c == '\t' || c == '\r' || c == '\\' || c == '\f':
			i++
			continue
		case bytes.HasPrefix(text[i:], []byte("//")):
			i += until(text[i:], "\n")
			continue
		case bytes.HasPrefix(text[i:], []byte("/*")):
			i += 2
			i = min(len(text), i+until(text[i:], "*/")+2)
			continue
		}
		t := token{kind: sign, first: i == lineStart}
		n := 1
		switch {
		case c == '#' && fresh:
			n = line(text[i:])
			t.kind, t.text = directive, text[i+1:i+n]
		case isWord(c):
			for n = 1; i+n < len(text) && isWord(text[i+n]); n++ {
			}
			t.kind = word
		case c == '"' || c == '\'':
			t.kind, n = quote, quoted(text[i:])
		}
		if t.text == nil {
			t.text = text[i : i+n]
		}
		all = append(all, t)
		i, fresh = i+n, false
	}
	return all
}

func isWord(c byte) bool {
	return c == '_' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9'
}

// until returns how far it is to the end of text or to where stop begins.
func until(text []byte, stop string) int {
	if n := bytes.Index(text, []byte(stop)); n >= 0 {
		return n
	}
	return len(text)
}

// line returns the length of the line that text begins with, and of those that
// go on with it.
func line(text []byte) int {
	for n := 0; ; n++ {
		n += until(text[n:], "\n")
		if n >= len(text) || n == 0 || text[n-1] != '\\' {
			return n
		}
	}
}

// quoted returns the length of the string or character that text begins with.
// It ends with the line, for in a comment of the preprocessor an apostrophe may
// stand alone.
func quoted(text []byte) int {
	for n := 1; n < len(text); n++ {
		switch text[n] {
		case '\\':
			n++
		case '\n':
			return n
		case text[0]:
			return n + 1
		}
	}
	return len(text)
}
