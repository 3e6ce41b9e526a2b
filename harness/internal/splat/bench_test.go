// SPDX-License-Identifier: GPL-2.0-only

package splat

import (
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// BenchmarkFind reads a megabyte of each kind of log, form and all: it should
// take 20 ms of a CPU for an ordinary one, and 100 ms for a hostile one.
func BenchmarkFind(b *testing.B) {
	const size = 1 << 20
	fill := func(text string) string { return strings.Repeat(text, size/len(text)+1)[:size] }
	for name, log := range map[string]string{
		"boots":       fill(read(b, "clean/*.txt")),
		"splats":      fill(read(b, "splats/*.txt")),
		"a long line": fill("[    1.000000] WARNING: BUG: x "),
		"headlines":   fill("[    1.000000] BUG: unable to handle page fault for address: 1\n"),
		"frames":      "[    1.000000] Oops: 0002 [#1] SMP\n" + fill("[    1.000000]  f+0x1/0x2 [m]\n"),
		"cut here":    fill("[    1.000000] ------------[ cut here ]------------\n"),
		"near misses": fill("[    1.000000] BUG WARNING: INFO: task RCU stall blocked Oops [# \n"),
	} {
		b.Run(name, func(b *testing.B) {
			before := userTime(b)
			for b.Loop() {
				find(log)
			}
			b.ReportMetric(float64((userTime(b)-before).Microseconds())/1000/float64(b.N), "user-ms/MB")
		})
	}
}

// userTime is the time of a CPU that was used: the machine may be busy.
func userTime(b *testing.B) time.Duration {
	var use syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &use); err != nil {
		b.Fatal(err)
	}
	return time.Duration(use.Utime.Nano())
}

func read(b *testing.B, pattern string) string {
	files, err := filepath.Glob(filepath.Join("testdata", pattern))
	if err != nil {
		b.Fatal(err)
	}
	var all strings.Builder
	for _, path := range files {
		text, err := os.ReadFile(path)
		if err != nil {
			b.Fatal(err)
		}
		_, log, _ := strings.Cut(string(text), "\n\n")
		all.WriteString(log)
	}
	return all.String()
}
