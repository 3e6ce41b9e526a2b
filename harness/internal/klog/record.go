// SPDX-License-Identifier: GPL-2.0-only

package klog

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// Record is one record of /dev/kmsg.
type Record struct {
	Priority int               `json:"priority"`         // 0 (emergency) to 7 (debug), the level of printk
	Facility int               `json:"facility"`         // 0 is the kernel; user space writes with another
	Seq      uint64            `json:"seq"`              // counts up by one; a jump means lost records
	Time     time.Duration     `json:"time"`             // since boot, in microseconds on the wire
	Flags    string            `json:"flags"`            // "-", or "c" for a part of a line that was printed in parts
	Caller   string            `json:"caller,omitempty"` // "T12" or "C0" where the kernel tells (CONFIG_PRINTK_CALLER)
	Text     string            `json:"text"`             // what was printed, escapes undone; may hold newlines
	Dict     map[string]string `json:"dict,omitempty"`   // SUBSYSTEM, DEVICE and the like
}

// ParseRecord parses a record as one read of /dev/kmsg returns it. The format is the
// kernel's Documentation/ABI/testing/dev-kmsg: comma-separated prefix, a
// semicolon, the text, and on further lines that begin with a space KEY=value
// pairs. Fields of the prefix that are not known are ignored, as that document
// asks.
func ParseRecord(raw []byte) (Record, error) { return parseRecord(string(raw)) }

func parseRecord(raw string) (Record, error) {
	head, body, ok := strings.Cut(raw, ";")
	if !ok {
		return Record{}, fmt.Errorf("kmsg record %.60q: no semicolon", raw)
	}
	rec, err := parsePrefix(head)
	if err != nil {
		return Record{}, fmt.Errorf("kmsg record %.60q: %w", raw, err)
	}
	text, dict, _ := strings.Cut(body, "\n")
	rec.Text = unescape(text)
	for line := range strings.SplitSeq(dict, "\n") {
		line, ok := strings.CutPrefix(line, " ")
		if !ok {
			continue
		}
		key, value, _ := strings.Cut(line, "=")
		if rec.Dict == nil {
			rec.Dict = map[string]string{}
		}
		rec.Dict[key] = unescape(value)
	}
	return rec, nil
}

func parsePrefix(head string) (Record, error) {
	fields := strings.Split(head, ",")
	if len(fields) < 4 {
		return Record{}, fmt.Errorf("%d fields before the semicolon, want at least 4", len(fields))
	}
	prio, err := strconv.ParseUint(fields[0], 10, 32)
	if err != nil {
		return Record{}, fmt.Errorf("priority: %w", err)
	}
	seq, err := strconv.ParseUint(fields[1], 10, 64)
	if err != nil {
		return Record{}, fmt.Errorf("sequence number: %w", err)
	}
	usec, err := strconv.ParseUint(fields[2], 10, 53) // 285 years; more would not fit a Duration
	if err != nil {
		return Record{}, fmt.Errorf("time: %w", err)
	}
	rec := Record{
		Priority: int(prio & 7),
		Facility: int(prio >> 3),
		Seq:      seq,
		Time:     time.Duration(usec) * time.Microsecond,
		Flags:    fields[3],
	}
	for _, f := range fields[4:] {
		if caller, ok := strings.CutPrefix(f, "caller="); ok {
			rec.Caller = caller
		}
	}
	return rec, nil
}

// unescape undoes \xNN, which the kernel writes for a backslash and for every
// byte that is not printable ASCII.
func unescape(s string) string {
	if !strings.Contains(s, `\x`) {
		return s
	}
	var b strings.Builder
	for len(s) > 0 {
		if len(s) >= 4 && s[0] == '\\' && s[1] == 'x' {
			if n, err := strconv.ParseUint(s[2:4], 16, 8); err == nil {
				b.WriteByte(byte(n))
				s = s[4:]
				continue
			}
		}
		b.WriteByte(s[0])
		s = s[1:]
	}
	return b.String()
}

// isRecord tells whether a line has the form of a record: three numbers, flags,
// and a semicolon.
func isRecord(s string) bool {
	for range 3 {
		n := digits(s, 20)
		if n == 0 || n >= len(s) || s[n] != ',' {
			return false
		}
		s = s[n+1:]
	}
	return strings.IndexByte(s[:min(len(s), 256)], ';') > 0
}

// isDict tells whether a line is a pair of a record's dictionary.
func isDict(s string) bool {
	if len(s) < 3 || s[0] != ' ' || s[1] < 'A' || s[1] > 'Z' {
		return false
	}
	key, _, ok := strings.Cut(s[1:min(len(s), 64)], "=")
	return ok && !strings.Contains(key, " ")
}
