// SPDX-License-Identifier: GPL-2.0-only

package klog

import "strings"

// writer is who writes dates of a kind before lines.
type writer int

const (
	nobody    writer = iota
	dmesg            // --time-format iso
	syslogger        // the journal, or a daemon of syslog
	runner           // who shows what others print: a CI job, a test runner
)

// date reads the date that s begins with, and the blank after it:
//
//	2026-11-28T11:22:59,123456+00:00   dmesg --time-format iso (lib/timeutils.c, ISO_TIMESTAMP_COMMA_T)
//	2026-11-28T11:22:59+0000           journalctl -o short-iso; since systemd 255 +00:00
//	2026-11-28T11:22:59.123456+00:00   journalctl -o short-iso-precise; rsyslog
//	Nov 28 11:22:59                    journalctl, syslog
//	Nov 28 11:22:59.123456             journalctl -o short-precise
//	Sat 2026-11-28 11:22:59 UTC        journalctl -o short-full, with-unit
//	1795864979.123456                  journalctl -o short-unix
//	2026-11-28T11:22:59.1234567Z       runners
//
// What the journal writes is in systemd's src/shared/logs-show.c, output_short.
func date(s string) (string, writer) {
	if len(s) < 15 {
		return s, nobody
	}
	switch c := s[0]; {
	case c >= '0' && c <= '9':
		if n := digits(s, 11); n == 10 && s[n] == '.' && digits(s[n+1:], 7) == 6 {
			return after(s, n+7, syslogger)
		}
		n, who := iso(s)
		return after(s, n, who)
	case c >= 'A' && c <= 'Z', c >= 'a' && c <= 'z', c >= 0x80:
		return wordy(s)
	}
	return s, nobody
}

// after is s behind its first n bytes and a blank.
func after(s string, n int, who writer) (string, writer) {
	if n == 0 || n < len(s) && s[n] != ' ' {
		return s, nobody
	}
	return blankAfter(s[n:]), who
}

// wordy reads a date that begins with a word, in whatever language.
func wordy(s string) (string, writer) {
	i := strings.IndexByte(s[:min(len(s), 16)], ' ')
	if i < 0 {
		return s, nobody
	}
	n := i + 1
	if iso, _ := iso(s[n:]); iso > 0 {
		zone := strings.IndexByte(blankAfter(s[n+iso:]), ' ')
		if zone < 0 || zone > 8 {
			return s, nobody
		}
		return after(s, n+iso+1+zone, syslogger)
	}
	n += blanks(s[n:], 1)
	day := digits(s[n:], 2)
	n += day
	if day == 0 || n >= len(s) || s[n] != ' ' || clock(s[n+1:]) == 0 {
		return s, nobody
	}
	n += 9
	return after(s, n+fraction(s[n:], "."), syslogger)
}

// iso returns how long the date by ISO 8601 is that s begins with, and who
// would write it so.
func iso(s string) (int, writer) {
	if len(s) < 19 || digits(s, 4) != 4 || s[4] != '-' || digits(s[5:], 2) != 2 || s[7] != '-' || digits(s[8:], 2) != 2 ||
		s[10] != 'T' && s[10] != ' ' || clock(s[11:]) == 0 {
		return 0, nobody
	}
	n, who := 19, runner
	if part := fraction(s[n:], ","); part > 0 {
		n, who = n+part, dmesg
	} else {
		n += fraction(s[n:], ".")
	}
	switch rest := s[n:]; {
	case strings.HasPrefix(rest, "Z"):
		n++
	case len(rest) >= 5 && (rest[0] == '+' || rest[0] == '-') && digits(rest[1:], 2) == 2:
		minutes := strings.TrimPrefix(rest[3:], ":")
		if digits(minutes, 2) != 2 {
			return 0, nobody
		}
		n += len(rest) - len(minutes) + 2
		if who == runner {
			who = syslogger
		}
	}
	return n, who
}

// fraction returns how long the part of a second is that s begins with.
func fraction(s, point string) int {
	rest, ok := strings.CutPrefix(s, point)
	if n := digits(rest, 9); ok && n > 0 {
		return n + 1
	}
	return 0
}
