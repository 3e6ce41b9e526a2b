// SPDX-License-Identifier: GPL-2.0-only

package klog

import (
	"encoding/json"
	"strconv"
	"strings"
	"time"
)

// entry is what is read of an object of JSON: of the journal's (journalctl -o
// json, systemd's docs/JOURNAL_EXPORT_FORMATS.md), which has capitals, or of
// dmesg's (-J, sys-utils/dmesg.c, print_record).
type entry struct {
	Message   loose `json:"MESSAGE"`
	Priority  loose `json:"PRIORITY"`
	Facility  loose `json:"SYSLOG_FACILITY"` // missing where it is the kernel's
	Transport loose `json:"_TRANSPORT"`
	Source    loose `json:"_SOURCE_MONOTONIC_TIMESTAMP"` // when the kernel said it
	Monotonic loose `json:"__MONOTONIC_TIMESTAMP"`       // when the journal had it

	Msg    *loose `json:"msg"`
	Time   loose  `json:"time"`
	Fac    loose  `json:"fac"` // of -x
	Pri    loose  `json:"pri"` // a number, or of -x a word
	Caller loose  `json:"caller"`
}

// loose is a value of which only the text matters: a string, a number, the
// bytes of what is no UTF-8, or the first of several values of a field.
type loose string

// UnmarshalJSON never fails on what is JSON.
func (l *loose) UnmarshalJSON(b []byte) error {
	switch b[0] {
	case '"':
		var s string
		err := json.Unmarshal(b, &s)
		*l = loose(s)
		return err
	case '[':
		var list []json.RawMessage
		if err := json.Unmarshal(b, &list); err != nil {
			return err
		}
		return l.list(list)
	case 'n':
		*l = ""
	default:
		*l = loose(b)
	}
	return nil
}

func (l *loose) list(list []json.RawMessage) error {
	bytes := make([]byte, 0, len(list))
	for _, item := range list {
		n, err := strconv.ParseUint(string(item), 10, 8)
		if err != nil {
			return l.UnmarshalJSON(item)
		}
		bytes = append(bytes, byte(n))
	}
	*l = loose(bytes)
	return nil
}

// fromJournal reads an object of the journal.
func fromJournal(object string) (Line, string, bool) {
	var e entry
	if json.Unmarshal([]byte(object), &e) != nil {
		return Line{}, "", false
	}
	l := Line{Level: -1, Stamped: true, Other: e.Transport != "" && e.Transport != "kernel" || e.Facility != "" && e.Facility != "0"}
	if n, err := strconv.Atoi(string(e.Priority)); err == nil && n >= 0 && n < 8 {
		l.Level = n
	}
	for _, at := range []loose{e.Monotonic, e.Source} {
		if usec, err := strconv.ParseUint(string(at), 10, 53); err == nil {
			l.Time = time.Duration(usec) * time.Microsecond
		}
	}
	return l, string(e.Message), true
}

// fromDmesg reads an object of dmesg's.
func fromDmesg(object string) (Line, string, bool) {
	var e entry
	if json.Unmarshal([]byte(object), &e) != nil || e.Msg == nil {
		return Line{}, "", false
	}
	l := Line{Level: -1, Caller: string(e.Caller)}
	if n, err := strconv.Atoi(string(e.Pri)); err == nil && n >= 0 {
		l.rank(n)
	} else {
		l.named(string(e.Fac), string(e.Pri))
	}
	if at, n := seconds(string(e.Time)); n > 0 {
		l.Stamped, l.Time = true, at
	}
	text := string(*e.Msg)
	// Of a file, dmesg before util-linux 2.40 writes all the rest here, too
	// (util-linux commit 159ea1470, "dmesg: only write one message to json").
	for i := 0; ; i++ {
		next := strings.Index(text[i:], "\n<")
		if next < 0 {
			break
		}
		i += next
		if _, more := priority(text[i+1:], new(Line)); more {
			text = text[:i]
			break
		}
	}
	text = strings.TrimSuffix(text, "\n")
	if rest, ok := caller(text, &l); ok {
		text = rest // versions that do not know it leave it in the text
	}
	return l, text, true
}
