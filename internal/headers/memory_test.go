// SPDX-License-Identifier: GPL-2.0-only

package headers

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"kmodlab/internal/cache"
	"kmodlab/internal/fault"
)

func memoryOf(tr *tree) string {
	in := inputs(tr.dir)
	entry, _ := tr.cache.Lookup(in.Kind(), in.Key())
	return entry
}

// TestRemembers reads an old file once, and one that has just been edited each
// time: it may be edited again within the same tick of the clock.
func TestRemembers(t *testing.T) {
	tr := newTree(t)
	files, err := list(tr.dir)
	if err != nil {
		t.Fatal(err)
	}
	sums, err := sumAll(t.Context(), files, memory{})
	if err != nil {
		t.Fatal(err)
	}
	known := func() int {
		n := 0
		m := load(tr.cache, tr.dir)
		for _, f := range files {
			if _, ok := m.sum(f); ok {
				n++
			}
		}
		return n
	}
	memory{}.keep(t.Context(), tr.cache, tr.dir, files, sums, time.Now())
	if n := known(); n != 0 {
		t.Errorf("of files that were made a moment ago %d are remembered; want none", n)
	}
	memory{}.keep(t.Context(), tr.cache, tr.dir, files, sums, time.Now().Add(2*granularity))
	if n := known(); n != len(files) {
		t.Errorf("a while later %d of %d files are remembered; want all", n, len(files))
	}
	// The memory is used: what it says is believed.
	m := load(tr.cache, tr.dir)
	m[files[0].path] = struct{ stamp, sum string }{files[0].stamp, strings.Repeat("0", 64)}
	if got, err := sumAll(t.Context(), files[:1], m); err != nil || got[0] != strings.Repeat("0", 64) {
		t.Errorf("a remembered file gives %s, %v; want what was remembered", got, err)
	}
	same("include/linux/list.h")(t, tr)
	if files, err = list(tr.dir); err != nil {
		t.Fatal(err)
	}
	if n := known(); n != len(files)-1 {
		t.Errorf("after an edit that left size and time as they were, %d of %d files are taken for known; want all but one", n, len(files))
	}
}

func TestNoTree(t *testing.T) {
	for name, break_ := range map[string]func(tr *tree){
		"nothing":           func(tr *tree) { tr.dir = filepath.Join(tr.dir, "none") },
		"no Module.symvers": func(tr *tree) { os.Remove(filepath.Join(tr.dir, "Module.symvers")) },
		"no configuration":  func(tr *tree) { os.Remove(filepath.Join(tr.dir, "include/config/auto.conf")) },
	} {
		tr := newTree(t)
		break_(tr)
		if _, err := Digest(t.Context(), tr.cache, tr.dir); fault.Of(err) != fault.Kernel || !strings.Contains(err.Error(), tr.dir) {
			t.Errorf("%s: Digest() = %v; want a fault of the kernel that names the folder", name, err)
		}
	}
}

// BenchmarkDigest measures a digest of the tree that KMODLAB_BENCH_TREE names,
// when all of it is known.
func BenchmarkDigest(b *testing.B) {
	dir := os.Getenv("KMODLAB_BENCH_TREE")
	if dir == "" {
		b.Skip("KMODLAB_BENCH_TREE names no kernel tree")
	}
	c, err := cache.At(b.TempDir())
	if err != nil {
		b.Fatal(err)
	}
	if _, err := Digest(b.Context(), c, dir); err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if _, err := Digest(b.Context(), c, dir); err != nil {
			b.Fatal(err)
		}
	}
	files, err := list(dir)
	b.ReportMetric(float64(len(files)), "files")
	if err != nil {
		b.Fatal(err)
	}
}
