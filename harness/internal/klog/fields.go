// SPDX-License-Identifier: GPL-2.0-only

package klog

import (
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

const jsonBlank = " \t\r\n"

// fields calls each for the keys and values of an object, both as they are
// written. It returns false where s is no object, or goes wrong: what came
// before that stands. Package encoding/json would read each byte four times,
// and nothing of an object that was cut.
func fields(s string, each func(key, value string)) bool {
	s, ok := strings.CutPrefix(s, "{")
	for first := true; ok; first = false {
		s = strings.TrimLeft(s, jsonBlank)
		if rest, comma := strings.CutPrefix(s, ","); comma && !first {
			s = strings.TrimLeft(rest, jsonBlank)
		} else if !first || strings.HasPrefix(s, "}") {
			return strings.HasPrefix(s, "}")
		}
		key := s[:value(s)]
		s = strings.TrimLeft(s[len(key):], jsonBlank)
		if s, ok = strings.CutPrefix(s, ":"); !ok || len(key) < 2 || key[0] != '"' {
			return false
		}
		s = strings.TrimLeft(s, jsonBlank)
		n := value(s)
		if n == 0 {
			return false
		}
		each(key[1:len(key)-1], s[:n])
		s = s[n:]
	}
	return false
}

// value returns how long the value is that s begins with, or 0.
func value(s string) int {
	if s == "" {
		return 0
	}
	switch s[0] {
	case '"':
		return quoted(s)
	case '{', '[':
		return nested(s)
	}
	if n := strings.IndexAny(s[:min(len(s), 64)], ",}]"+jsonBlank); n > 0 {
		return n
	}
	return 0
}

func quoted(s string) int {
	for i := 1; i < len(s); i++ {
		switch s[i] {
		case '\\':
			i++
		case '"':
			return i + 1
		}
	}
	return 0
}

// nested is value for what has brackets. Whether they match is not asked.
func nested(s string) int {
	depth := 0
	for i := 0; i < len(s); i++ {
		switch s[i] {
		case '"':
			n := quoted(s[i:])
			if n == 0 {
				return 0
			}
			i += n - 1
		case '{', '[':
			depth++
		case '}', ']':
			if depth--; depth == 0 {
				return i + 1
			}
		}
	}
	return 0
}

// textOf returns the text of a value: of a string, of a number, of a list of
// bytes, which is how the journal writes what is not UTF-8, or of the first in
// any other list, which is how it writes a field that was given twice.
func textOf(value string) string {
	switch {
	case value == "null":
		return ""
	case strings.HasPrefix(value, `"`):
		return unquote(value[1 : len(value)-1])
	case !strings.HasPrefix(value, "["):
		return value
	}
	var text strings.Builder
	for item := range strings.SplitSeq(value[1:len(value)-1], ",") {
		n, err := strconv.ParseUint(strings.Trim(item, jsonBlank), 10, 8)
		if err != nil {
			return firstOf(value)
		}
		text.WriteByte(byte(n))
	}
	return text.String()
}

func firstOf(list string) string {
	first := strings.TrimLeft(list[1:], jsonBlank)
	if strings.HasPrefix(first, `"`) {
		return textOf(first[:value(first)])
	}
	return ""
}

// unquote undoes what is escaped in a string of JSON.
func unquote(s string) string {
	if strings.IndexByte(s, '\\') < 0 {
		return s
	}
	var text strings.Builder
	text.Grow(len(s))
	for i := 0; i < len(s); i++ {
		if s[i] != '\\' || i+1 == len(s) {
			text.WriteByte(s[i])
			continue
		}
		i++
		switch c := s[i]; c {
		case 'b', 'f', 'n', 'r', 't':
			text.WriteByte("\b\f\n\r\t"[strings.IndexByte("bfnrt", c)])
		case 'u':
			r, n := hex(s[i+1:]), 4
			if utf16.IsSurrogate(r) && strings.HasPrefix(s[min(len(s), i+5):], `\u`) {
				if both := utf16.DecodeRune(r, hex(s[i+7:])); both != utf8.RuneError {
					r, n = both, 10
				}
			}
			text.WriteRune(r)
			i += min(n, len(s)-i-1)
		default:
			text.WriteByte(c)
		}
	}
	return text.String()
}

// hex reads four digits, or what is no character.
func hex(s string) rune {
	if len(s) < 4 {
		return utf8.RuneError
	}
	n, err := strconv.ParseUint(s[:4], 16, 16)
	if err != nil {
		return utf8.RuneError
	}
	return rune(n)
}
