// SPDX-License-Identifier: GPL-2.0-only

package klog

import (
	"bytes"
	"os"
	"strings"
	"syscall"
	"testing"
	"time"
)

const megabyte = 1 << 20

// filled repeats a log until it has a megabyte.
func filled(log []byte) []byte {
	return bytes.Repeat(log, megabyte/len(log)+1)[:megabyte]
}

// BenchmarkLines reads a megabyte of each, and tells the CPU time that it takes:
// the machine may be busy. The last ones were made to hurt.
func BenchmarkLines(b *testing.B) {
	logs := map[string][]byte{
		"one line":       filled([]byte("x")),
		"stamps":         filled([]byte("[    1.000000]")),
		"stamps apart":   filled([]byte("[    1.000000] a")),
		"brackets":       filled([]byte("[\n")),
		"brackets, long": filled([]byte("[    ")),
		"almost stamps":  filled([]byte("[    1.00000")),
		"colours":        filled([]byte("\x1b[0;1;31m")),
		"no ends":        filled([]byte("\x1b]")),
		"no ends, lines": filled([]byte(strings.Repeat("\x1b]", 60) + "\n")),
		"dropped":        filled([]byte("** 1 printk messages dropped **")),
		"half dropped":   filled([]byte(" printk messages dropped **")),
		"braces":         filled([]byte("{\n\t\"")),
		"nested":         filled([]byte("{\"MESSAGE\":" + strings.Repeat("[", 9000) + "\n")),
		"open objects":   filled([]byte("{\n\t\"\":\n")),
		"open lists":     filled([]byte("{\"dmesg\":[{\n")),
		"lists":          filled([]byte("{\"dmesg\":[{\"msg\":")),
		"short objects":  filled([]byte("{\"MESSAGE\":[1,2]}\n")),
		"newlines":       filled([]byte("\n")),
		"zeros":          filled([]byte("\x00")),
		"not UTF-8":      filled([]byte("\xff\xc3(")),
		"records":        filled([]byte("1,1,1,-;\\x0a\\x0a\\x0a\\x0a\n")),
	}
	for _, form := range []string{"console", "console-caller", "console-notime", "dmesg-color", "dmesg-ctime", "dmesg-json", "devkmsg", "journal-short", "journal-json", "syslog-rfc3339"} {
		log, err := os.ReadFile("testdata/forms/" + form + ".log")
		if err != nil {
			b.Fatal(err)
		}
		logs["form "+form] = filled(log)
	}
	for name, log := range logs {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			before := userTime(b)
			for b.Loop() {
				for _, err := range Lines(bytes.NewReader(log)) {
					if err != nil {
						b.Fatal(err)
					}
				}
			}
			b.ReportMetric(float64((userTime(b)-before).Microseconds())/1000/float64(b.N), "user-ms/MB")
		})
	}
}

func userTime(b *testing.B) time.Duration {
	var use syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &use); err != nil {
		b.Fatal(err)
	}
	return time.Duration(use.Utime.Nano())
}
