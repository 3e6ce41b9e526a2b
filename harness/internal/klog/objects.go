// SPDX-License-Identifier: GPL-2.0-only

package klog

import (
	"bytes"
	"strings"
)

// opensList reads the beginning of what dmesg -J prints, `{ "dmesg": [`, in
// however many lines.
func (s *source) opensList() bool {
	b, _ := s.r.Peek(64)
	at := 0
	for _, want := range []string{"{", `"dmesg"`, ":", "["} {
		for at < len(b) && strings.IndexByte(jsonBlank, b[at]) >= 0 {
			at++
		}
		if !bytes.HasPrefix(b[at:], []byte(want)) {
			return false
		}
		at += len(want)
	}
	s.discard(b[:at])
	return true
}

// closesList reads the end of it.
func (s *source) closesList() {
	for _, end := range []string{"]", "}"} {
		s.skip(" \t\r\n,")
		if !s.follows(end) {
			return
		}
		s.discard([]byte(end))
	}
	s.skip(" \t\r")
	if s.follows("\n") {
		s.discard([]byte("\n"))
	}
}

// opensPretty tells whether an object begins that has a line for each key, as
// journalctl -o json-pretty writes it.
func (s *source) opensPretty() bool {
	return s.follows("{\n\t\"") || s.follows("{\r\n\t\"")
}

// object returns the object that comes next, and the line in which its text
// stands, without reading it. There is none where it is longer than maxLine or
// not whole: then it is lines like others, and no object is looked for within
// what was looked at, or each line of a log could cost maxLine.
func (s *source) object(text string) ([]byte, int) {
	looked := 0
	for n := 4 << 10; n <= maxLine && s.at >= s.vain; n *= 2 {
		b, err := s.r.Peek(n)
		end, whole := objectEnd(b)
		if whole {
			before := b[:max(0, bytes.Index(b[:end], []byte(text)))]
			return b[:end], s.past + 1 + bytes.Count(before, []byte{'\n'})
		}
		looked = end
		if end < len(b) || err != nil {
			break
		}
	}
	s.vain = max(s.vain, s.at+looked)
	return nil, 0
}

// objectEnd returns how long the object is that b begins with, or that it is not
// whole, and what of b could be one. A newline within a string breaks it, and
// what no JSON holds: then somebody else wrote between.
func objectEnd(b []byte) (n int, whole bool) {
	depth := 0
	quoted := false
	for i := 0; i < len(b); i++ {
		switch c := b[i]; {
		case quoted && c == '\\':
			i++
		case c == '"':
			quoted = !quoted
		case quoted && c == '\n':
			return i, false
		case quoted, c == ' ':
		case c == '{':
			depth++
		case c == '}':
			if depth--; depth == 0 {
				return i + 1, true
			}
		case strings.IndexByte("\n,:[]-+.0123456789eEtrufalsn\t\r", c) < 0:
			return i, false
		}
		if depth == 0 {
			return i, false
		}
	}
	return len(b), false
}
