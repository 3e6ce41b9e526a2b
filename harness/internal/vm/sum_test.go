// SPDX-License-Identifier: GPL-2.0-only

package vm

import (
	"os"
	"path/filepath"
	"syscall"
	"testing"
)

// sparse writes a file of size bytes with data at some places, holes elsewhere.
func sparse(t *testing.T, size int64, data map[int64]string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "ram")
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if err := f.Truncate(size); err != nil {
		t.Fatal(err)
	}
	for at, text := range data {
		if _, err := f.WriteAt([]byte(text), at); err != nil {
			t.Fatal(err)
		}
	}
	return path
}

func mustSum(t *testing.T, path string) sum {
	t.Helper()
	s, err := sumFile(path)
	if err != nil {
		t.Fatalf("sumFile = %v; want no error", err)
	}
	return s
}

func TestSumSeesEveryChange(t *testing.T) {
	const size = 1 << 20
	want := mustSum(t, sparse(t, size, map[int64]string{0: "a", 512 << 10: "b"}))
	for _, tt := range []struct {
		name string
		size int64
		data map[int64]string
		same bool
	}{
		{"the same", size, map[int64]string{0: "a", 512 << 10: "b"}, true},
		{"zeros written into a hole", size, map[int64]string{0: "a", 512 << 10: "b", 9 * block: string(make([]byte, 5*block))}, true},
		{"a bit", size, map[int64]string{0: "a", 512 << 10: "c"}, false},
		{"moved by a block", size, map[int64]string{0: "a", 512<<10 + block: "b"}, false},
		{"data in a hole", size, map[int64]string{0: "a", 512 << 10: "b", size - 1: "x"}, false},
		{"data gone", size, map[int64]string{0: "a"}, false},
		{"cut in a hole", size - block, map[int64]string{0: "a", 512 << 10: "b"}, false},
	} {
		if got := mustSum(t, sparse(t, tt.size, tt.data)); (got == want) != tt.same {
			t.Errorf("%s: sum %v, was %v; want the same: %t", tt.name, got, want, tt.same)
		}
	}
}

func TestDigHoles(t *testing.T) {
	path := sparse(t, 4<<20, map[int64]string{0: "a", 1 << 20: string(make([]byte, 2<<20))})
	before := mustSum(t, path)
	used := blocks(t, path)
	if err := digHoles(path); err != nil {
		t.Fatalf("digHoles = %v; want no error", err)
	}
	if got := mustSum(t, path); got != before {
		t.Errorf("sum after digHoles = %v; want %v", got, before)
	}
	if got := blocks(t, path); got > used-(2<<20)/512 {
		t.Errorf("%d blocks before digHoles, %d after; want 4096 fewer", used, got)
	}
}

func blocks(t *testing.T, path string) int64 {
	t.Helper()
	var st syscall.Stat_t
	if err := syscall.Stat(path, &st); err != nil {
		t.Fatal(err)
	}
	return st.Blocks
}
