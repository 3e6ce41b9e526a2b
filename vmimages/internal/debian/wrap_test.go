// SPDX-License-Identifier: GPL-2.0-only

package debian

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// newTree makes a tree with a loader and a C library, at a place that a shell
// has to be careful with.
func newTree(t *testing.T) (tree, bin string) {
	t.Helper()
	bin, loaderText, libc := program(t)
	tree = filepath.Join(t.TempDir(), "it's a tree")
	write(t, filepath.Join(tree, loader), loaderText, 0o755)
	write(t, filepath.Join(tree, libDir, "libc.so.6"), libc, 0o755)
	return tree, bin
}

func TestWrap(t *testing.T) {
	tree, bin := newTree(t)
	dir := filepath.Join(tree, "usr/bin")
	shell, err := os.ReadFile("/bin/dash")
	if err != nil {
		t.Skipf("needs a program that tells its name: %v", err)
	}
	write(t, filepath.Join(dir, "shell"), string(shell), 0o755)
	write(t, filepath.Join(dir, "plain"), bin, 0o644)
	write(t, filepath.Join(dir, "script"), "#!/bin/sh\n", 0o755)
	if err := os.Symlink("shell", filepath.Join(dir, "link")); err != nil {
		t.Fatal(err)
	}
	if err := wrap(dir, tree, tree); err != nil {
		t.Fatal(err)
	}
	moved := filepath.Join(t.TempDir(), "moved") // the way from tmp into the cache
	if err := os.Rename(dir, moved); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"shell", "link"} {
		path := filepath.Join(moved, name)
		output, err := exec.Command(path, "-c", "echo $0 $1", path+"?", "it's $1").Output()
		if err != nil || string(output) != path+"? it's $1\n" {
			t.Errorf("%s = %q, %v; want its arguments", name, output, err)
		}
		cmd := exec.Command(path) // a shell without -c takes its name from the loader
		cmd.Stdin = strings.NewReader("echo $0\n")
		if output, err := cmd.Output(); err != nil || string(output) != path+"\n" {
			t.Errorf("%s calls itself %q, %v; want %s", name, output, err, path)
		}
	}
	for name, want := range map[string]string{"plain": bin, "script": "#!/bin/sh\n", "shell.elf": string(shell)} {
		if got, err := os.ReadFile(filepath.Join(moved, name)); err != nil || string(got) != want {
			t.Errorf("%s: %d bytes, %v; want it untouched", name, len(got), err)
		}
	}
	if err := wrap(filepath.Join(tree, "not/there"), tree, tree); err != nil {
		t.Errorf("wrap() of a folder that is not there = %v; want nil", err)
	}
}

func TestWrapMissesALibrary(t *testing.T) {
	tree, bin := newTree(t)
	write(t, filepath.Join(tree, "usr/bin/true"), bin, 0o755)
	if err := librariesSelfContained(filepath.Join(tree, libDir)); err != nil {
		t.Errorf("librariesSelfContained() = %v; want nil", err)
	}
	if err := os.Remove(filepath.Join(tree, libDir, "libc.so.6")); err != nil {
		t.Fatal(err)
	}
	err := wrap(filepath.Join(tree, "usr/bin"), tree, tree)
	if err == nil || !strings.Contains(err.Error(), "needs libc.so.6") {
		t.Errorf("wrap() = %v; want an error that names libc.so.6", err)
	}
	write(t, filepath.Join(tree, libDir, "libx.so"), bin, 0o644)
	if err := librariesSelfContained(filepath.Join(tree, libDir)); err == nil {
		t.Error("librariesSelfContained() = nil; want an error for libx.so")
	}
}
