// SPDX-License-Identifier: GPL-2.0-only

//go:build linux

package main

import "testing"

func TestParseStat(t *testing.T) {
	for _, tt := range []struct {
		text        string
		pid, parent int
	}{
		{"12 (gosh) S 1 12 12 1088 12 4194560", 12, 1},
		{"345 (a) (b c) R 12 12 12", 345, 12},
		{"345 (new\nline) R 12 12", 345, 12},
		{"7 (short)", 0, 0},
		{"7 (x) R y", 0, 0},
		{") 7 (", 0, 0},
		{"", 0, 0},
	} {
		if pid, parent := parseStat([]byte(tt.text)); pid != tt.pid || parent != tt.parent {
			t.Errorf("parseStat(%q) = %d, %d; want %d, %d", tt.text, pid, parent, tt.pid, tt.parent)
		}
	}
}

func TestLogLine(t *testing.T) {
	for _, tt := range []struct{ record, want string }{
		{"6,12,2000042,-;order: call 1\n", "[    2.000042] order: call 1\n"},
		{"4,12,123456000000,c,caller=T1;x; y\n SUBSYSTEM=pci\n", "[123456.000000] x; y\n"},
		{"6,12,5,-;\n", "[    0.000005] \n"},
		{"6,12,5;text\n", ""},
		{"6,12,soon,-;text\n", ""},
		{"no record", ""},
	} {
		got, err := logLine(tt.record)
		if got != tt.want || (err != nil) != (tt.want == "") {
			t.Errorf("logLine(%q) = %q, %v; want %q", tt.record, got, err, tt.want)
		}
	}
}
