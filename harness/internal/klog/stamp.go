// SPDX-License-Identifier: GPL-2.0-only

package klog

import (
	"strings"
	"time"
)

// What a kernel writes before a text, from kernel/printk/printk.c
// (info_print_prefix, print_syslog, print_time, print_caller) since 5.10: "<%u>"
// on some consoles and for syslog(2), "[%5lu.%06lu]" with printk.time, "[%6s]" of
// "T%u" or "C%u" with CONFIG_PRINTK_CALLER, and a blank after the last of the
// two. A 7.3 with CONFIG_PRINTK_EXECUTION_CTX writes no more than that.

// priority reads "<6>", which may bear a facility above the three bits of the
// level.
func priority(s string, l *Line) (string, bool) {
	if len(s) < 3 || s[0] != '<' {
		return s, false
	}
	n := digits(s[1:], 4)
	if n == 0 || 1+n >= len(s) || s[1+n] != '>' {
		return s, false
	}
	l.rank(number(s[1 : 1+n]))
	return s[n+2:], true
}

// rank sets what a priority of syslog says.
func (l *Line) rank(priority int) {
	l.Level = priority & 7
	l.Other = l.Other || priority>>3 != 0
}

// stamp reads a time in brackets: the kernel's, or one of dmesg's.
func stamp(s string, l *Line) (string, bool) {
	if len(s) < 5 || s[0] != '[' {
		return s, false
	}
	if at, n := seconds(s[1:]); n > 0 {
		n++
		n += delta(s[n:])
		if rest, ok := closed(s, n); ok {
			l.Stamped, l.Time = true, at
			return rest, true
		}
		return s, false
	}
	if n := dated(s); n > 0 {
		l.Stamped = true
		return blankAfter(s[n:]), true
	}
	return s, false
}

// closed reads a bracket at s[n] that nothing but a blank, another bracket or
// the end of the line follows.
func closed(s string, n int) (string, bool) {
	if n >= len(s) || s[n] != ']' {
		return s, false
	}
	if n+1 < len(s) && s[n+1] != ' ' && s[n+1] != '[' {
		return s, false
	}
	return blankAfter(s[n+1:]), true
}

func blankAfter(s string) string { return strings.TrimPrefix(s, " ") }

// seconds reads "   12.345678" and returns how long it is: 0 where that is not
// what s begins with.
func seconds(s string) (time.Duration, int) {
	n := blanks(s, 16)
	whole := digits(s[n:], 9) // 31 years; ten would not fit a Duration
	if whole == 0 || n+whole >= len(s) || s[n+whole] != '.' {
		return 0, 0
	}
	at := time.Duration(number(s[n:n+whole])) * time.Second
	n += whole + 1
	part := digits(s[n:], 9)
	if part == 0 {
		return 0, 0
	}
	unit := time.Second
	for _, c := range s[n : n+part] {
		unit /= 10
		at += time.Duration(c-'0') * unit
	}
	return at, n + part
}

// caller reads "[  T123]", alone or after a stamp, and after a stamp of dmesg
// with a blank between them.
func caller(s string, l *Line) (string, bool) {
	if len(s) < 4 || s[0] != '[' {
		return s, false
	}
	n := 1 + blanks(s[1:], 8)
	if n >= len(s) || s[n] != 'T' && s[n] != 'C' {
		return s, false
	}
	id := digits(s[n+1:], 10)
	end := n + 1 + id
	if id == 0 {
		return s, false
	}
	rest, ok := closed(s, end)
	if ok {
		l.Caller = s[n:end]
	}
	return rest, ok
}

// innerStamp returns where in s a stamp as a kernel writes it stands, with the
// priority before it, or -1. Within a line only that very form counts, for texts
// hold all kinds of brackets.
func innerStamp(s string) int {
	for at := 0; ; {
		i := strings.IndexByte(s[at:], '[')
		if i < 0 {
			return -1
		}
		at += i
		if exact(s[at:]) {
			return at - ranked(s[:at])
		}
		at++
	}
}

// ranked returns how long the priority is that s ends with.
func ranked(s string) int {
	tail := s[max(0, len(s)-len("<1234>")):]
	i := strings.LastIndexByte(tail, '<')
	if i < 0 {
		return 0
	}
	if rest, ok := priority(tail[i:], new(Line)); !ok || rest != "" {
		return 0
	}
	return len(tail) - i
}

// exact tells whether s begins with "[%5lu.%06lu]".
func exact(s string) bool {
	if len(s) < len("[    1.000000]") {
		return false
	}
	pad := blanks(s[1:], 4)
	whole := digits(s[1+pad:], 9)
	end := 1 + pad + whole
	if whole == 0 || pad+whole < 5 || pad > 0 && pad+whole != 5 || len(s) < end+8 || s[end] != '.' || digits(s[end+1:], 6) != 6 {
		return false
	}
	_, ok := closed(s, end+7)
	return ok
}

// digits returns how many digits s begins with, looking at no more than most.
func digits(s string, most int) int {
	n := 0
	for n < len(s) && n < most && s[n] >= '0' && s[n] <= '9' {
		n++
	}
	return n
}

func blanks(s string, most int) int {
	n := 0
	for n < len(s) && n < most && s[n] == ' ' {
		n++
	}
	return n
}

// number is the value of a few digits.
func number(s string) int {
	n := 0
	for _, c := range s {
		n = n*10 + int(c-'0')
	}
	return n
}
