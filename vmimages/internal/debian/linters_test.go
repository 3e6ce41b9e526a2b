// SPDX-License-Identifier: GPL-2.0-only

package debian

import (
	"archive/tar"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// Of the sources of a kernel what checkpatch needs is kept, and nothing else.
func TestUnpackCheckpatch(t *testing.T) {
	if _, err := exec.LookPath("xz"); err != nil {
		t.Skip("needs xz: ", err)
	}
	for _, tc := range []struct {
		name  string
		files []string
		ok    bool
	}{
		{"all there", []string{"l/scripts/checkpatch.pl", "l/scripts/const_structs.checkpatch", "l/scripts/spelling.txt", "l/scripts/other.pl", "l/kernel/notifier.c"}, true},
		{"no list of words", []string{"l/scripts/checkpatch.pl", "l/scripts/const_structs.checkpatch"}, false},
	} {
		t.Run(tc.name, func(t *testing.T) {
			dir := t.TempDir()
			writeSources(t, filepath.Join(dir, "usr/src"), tc.files)
			err := unpackCheckpatch(t.Context(), dir)
			if (err == nil) != tc.ok {
				t.Fatalf("error %v; want one: %t", err, !tc.ok)
			}
			if !tc.ok {
				return
			}
			for _, name := range checkpatchFiles {
				if err := present(dir, "scripts/"+name); err != nil {
					t.Error(err)
				}
			}
			for _, name := range []string{"usr/src", "scripts/other.pl", "kernel"} {
				if err := present(dir, name); err == nil {
					t.Errorf("%s is there; want only what checkpatch needs", name)
				}
			}
		})
	}
}

// writeSources writes the package's archive of sources into the folder dir.
func writeSources(t *testing.T, dir string, files []string) {
	t.Helper()
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, "linux-source-6.1.tar")
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	w := tar.NewWriter(f)
	for _, name := range files {
		if err := w.WriteHeader(&tar.Header{Name: name, Mode: 0o644, Typeflag: tar.TypeReg}); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	if output, err := exec.Command("xz", path).CombinedOutput(); err != nil {
		t.Fatalf("xz: %v: %s", err, output)
	}
}
