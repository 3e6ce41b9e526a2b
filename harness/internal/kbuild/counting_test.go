// SPDX-License-Identifier: GPL-2.0-only

package kbuild

import (
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"kmodlab/internal/fault"
	"kmodlab/internal/kernel"
)

func TestCounting(t *testing.T) {
	for arch, outline := range map[string]bool{"amd64": false, "arm64": true} {
		k := &kernel.Kernel{Arch: arch, Toolchain: kernel.Toolchain{CC: "gcc-14", MakeArgs: []string{"A=b"}, Flags: []string{"-fmine"}}}
		counting, err := Counting(k)
		if err != nil {
			t.Fatal(err)
		}
		if args := counting.Toolchain.Arguments(); len(args) != 2 || args[0] != "A=b" || !strings.HasPrefix(args[1], "KCFLAGS=-fmine -fprofile-arcs ") || strings.Contains(args[1], "-mno-outline-atomics") != outline {
			t.Errorf("%s: arguments %q", arch, args)
		}
		if d := cmp.Diff([]string{"A=b", "KCFLAGS=-fmine"}, k.Toolchain.Arguments()); d != "" {
			t.Errorf("%s: the kernel itself was changed (-want +got):\n%s", arch, d)
		}
	}
	if _, err := Counting(&kernel.Kernel{Toolchain: kernel.Toolchain{CC: "clang-19"}}); fault.Of(err) != fault.Usage {
		t.Errorf("Counting(clang) = %v; want an error of usage", err)
	}
}

// The notes of what was not compiled this time do not stay.
func TestKeepNotes(t *testing.T) {
	stage := t.TempDir()
	for _, name := range []string{"a/a.c", "a/a.gcno", "b.c", "b.gcno", "old.gcno", "b.mod.c", "b.mod.gcno", "b.h"} {
		path := filepath.Join(stage, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(name), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Symlink("/etc/passwd", filepath.Join(stage, "c.gcno")); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(stage, "c.c"), nil, 0o644); err != nil {
		t.Fatal(err)
	}
	plain := &kernel.Kernel{}
	counting, err := Counting(plain)
	if err != nil {
		t.Fatal(err)
	}
	for k, want := range map[*kernel.Kernel][]string{plain: nil, counting: {"notes/a/a.gcno", "notes/b.gcno", "notes/stage"}} {
		out := t.TempDir()
		if err := KeepNotes(k, stage, out); err != nil {
			t.Fatal(err)
		}
		var got []string
		fs.WalkDir(os.DirFS(out), ".", func(path string, d fs.DirEntry, err error) error {
			if err == nil && !d.IsDir() {
				got = append(got, path)
			}
			return err
		})
		if !slices.Equal(got, want) {
			t.Errorf("kept %q; want %q", got, want)
		}
	}
}
