// SPDX-License-Identifier: GPL-2.0-only

package klog

import (
	"slices"
	"strings"
)

// What dmesg of util-linux makes of a log: sys-utils/dmesg.c of v2.38 to v2.42,
// print_record.

// Its names, in the order of their numbers (level_names, facility_names).
var (
	levels     = [...]string{"emerg", "alert", "crit", "err", "warn", "notice", "info", "debug"}
	facilities = [...]string{"kern", "user", "mail", "daemon", "auth", "syslog", "lpr", "news", "uucp", "cron", "authpriv", "ftp",
		"res0", "res1", "res2", "res3", "local0", "local1", "local2", "local3", "local4", "local5", "local6", "local7"}
)

// decoded reads "kern  :warn  : ", which dmesg -x writes: "%-6s:%-6s: ".
func decoded(s string, l *Line) (string, bool) {
	if len(s) < 16 || s[0] < 'a' || s[0] > 'z' {
		return s, false
	}
	facility, rest, _ := strings.Cut(s[:min(len(s), 24)], ":")
	level, _, ok := strings.Cut(rest, ": ")
	if !ok || !l.named(facility, level) {
		return s, false
	}
	return s[len(facility)+1+len(level)+2:], true
}

// named sets facility and level by their names. Both may be padded.
func (l *Line) named(facility, level string) bool {
	f := slices.Index(facilities[:], strings.TrimRight(facility, " "))
	n := slices.Index(levels[:], strings.TrimRight(level, " "))
	if f < 0 || n < 0 {
		return false
	}
	l.rank(f<<3 | n)
	return true
}

// delta reads " <    0.000001>", the time since the record before (dmesg -d), or
// what journalctl -o short-delta writes there: " <    0.000001 >" and blanks.
func delta(s string) int {
	if !strings.HasPrefix(s, " <") {
		return blanks(s, 16)
	}
	_, n := seconds(s[2:])
	if n == 0 {
		return 0
	}
	n += 2
	if n < len(s) && (s[n] == ' ' || s[n] == '*') { // "*": by the other clock
		n++
	}
	if n >= len(s) || s[n] != '>' {
		return 0
	}
	return n + 1
}

// dated returns how long the bracket is that s begins with, where it holds a
// time that does not count from the boot:
//
//	[Sat Nov 28 11:22:59 2026]                  -T
//	[Sat Nov 28 11:22:59 2026 <    0.000000>]   -T -d
//	[Nov28 11:22]  and  [  +0.000012]           -H, -e
//	[<    0.000012>]                            -d, --time-format delta
//
// Days and months are in the words of some language.
func dated(s string) int {
	end := strings.IndexByte(s[:min(len(s), 80)], ']')
	if end < 0 || end+1 < len(s) && s[end+1] != ' ' {
		return 0
	}
	in := s[1:end]
	if rest, ok := strings.CutPrefix(strings.TrimLeft(in, " "), "+"); ok {
		if _, n := seconds(rest); n > 0 && n == len(rest) {
			return end + 1
		}
		return 0
	}
	if i := strings.IndexByte(in, '<'); i >= 0 {
		if delta(" "+in[i:]) != len(in)-i+1 {
			return 0
		}
		if in = strings.TrimRight(in[:i], " "); in == "" {
			return end + 1
		}
	}
	if ctime(in) || shortCtime(in) {
		return end + 1
	}
	return 0
}

// ctime tells whether s is "%a %b %e %H:%M:%S %Y".
func ctime(s string) bool {
	n := len(s) - len(" 11:22:59 2026")
	return n > 4 && s[n] == ' ' && clock(s[n+1:]) == 8 && s[n+9] == ' ' && digits(s[n+10:], 4) == 4
}

// shortCtime tells whether s is "%b%e %H:%M".
func shortCtime(s string) bool {
	n := len(s) - len("8 11:22")
	return n > 1 && n < 24 && digits(s[:1], 1) == 0 && digits(s[n:], 1) == 1 && s[n+1] == ' ' && hhmm(s[n+2:])
}

func hhmm(s string) bool {
	return len(s) >= 5 && digits(s, 2) == 2 && s[2] == ':' && digits(s[3:], 2) == 2
}

// clock returns how long the time of day is that s begins with.
func clock(s string) int {
	if len(s) >= 8 && hhmm(s) && s[5] == ':' && digits(s[6:], 2) == 2 {
		return 8
	}
	return 0
}
