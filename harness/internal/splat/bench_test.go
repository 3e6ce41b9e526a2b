// SPDX-License-Identifier: GPL-2.0-only

package splat

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
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
			b.SetBytes(size)
			for b.Loop() {
				find(log)
			}
		})
	}
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
