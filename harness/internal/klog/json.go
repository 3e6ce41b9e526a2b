// SPDX-License-Identifier: GPL-2.0-only

package klog

import (
	"strconv"
	"strings"
	"time"
)

// fromJournal reads an object of the journal (journalctl -o json, systemd's
// docs/JOURNAL_EXPORT_FORMATS.md). Its values are strings, as a rule.
func fromJournal(object string) (l Line, text string, ok bool) {
	l = Line{Level: -1, Stamped: true}
	var source, arrival string
	fields(object, func(key, value string) {
		switch key {
		case "MESSAGE":
			text, ok = textOf(value), true
		case "PRIORITY":
			if n, err := strconv.ParseUint(textOf(value), 10, 3); err == nil {
				l.Level = int(n)
			}
		case "SYSLOG_FACILITY":
			l.Other = l.Other || textOf(value) != "0"
		case "_TRANSPORT":
			l.Other = l.Other || textOf(value) != "kernel"
		case "_SOURCE_MONOTONIC_TIMESTAMP": // when the kernel said it
			source = textOf(value)
		case "__MONOTONIC_TIMESTAMP": // when the journal had it
			arrival = textOf(value)
		}
	})
	for _, at := range []string{arrival, source} {
		if usec, err := strconv.ParseUint(at, 10, 53); err == nil {
			l.Time = time.Duration(usec) * time.Microsecond
		}
	}
	return l, text, ok
}

// fromDmesg reads an object of dmesg's (dmesg -J, sys-utils/dmesg.c,
// print_record).
func fromDmesg(object string) (l Line, text string, ok bool) {
	l = Line{Level: -1}
	facility := ""
	fields(object, func(key, value string) {
		switch key {
		case "msg":
			text, ok = textOf(value), true
		case "time":
			at, n := seconds(textOf(value))
			l.Stamped, l.Time = n > 0, at
		case "fac": // of -x, which writes words
			facility = textOf(value)
		case "pri":
			if n, err := strconv.ParseUint(textOf(value), 10, 10); err == nil {
				l.rank(int(n))
			} else {
				l.named(facility, textOf(value))
			}
		case "caller":
			l.Caller = wash(textOf(value))
		}
	})
	text = strings.TrimSuffix(oneRecord(text), "\n")
	if rest, more := caller(text, &l); more {
		text = rest // versions that do not know it leave it in the text
	}
	return l, text, ok
}

// oneRecord cuts what follows a record. Of a file, dmesg before util-linux 2.40
// writes all the rest into each message (util-linux commit 159ea1470, "dmesg:
// only write one message to json").
func oneRecord(text string) string {
	for at := 0; ; {
		i := strings.Index(text[at:], "\n<")
		if i < 0 {
			return text
		}
		at += i + 1
		if _, more := priority(text[at:], new(Line)); more {
			return text[:at-1]
		}
	}
}
