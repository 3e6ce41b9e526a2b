// SPDX-License-Identifier: GPL-2.0-only

package initramfs

import (
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/u-root/u-root/pkg/cpio"

	"kmodlab/harness/kernel"
)

// TestToolsNameEveryCommand keeps the two lists of commands the same.
func TestToolsNameEveryCommand(t *testing.T) {
	file, err := parser.ParseFile(token.NewFileSet(), "tools.go", nil, parser.ImportsOnly)
	if err != nil {
		t.Fatal(err)
	}
	var imported []string
	for _, spec := range file.Imports {
		path, err := strconv.Unquote(spec.Path.Value)
		if err != nil {
			t.Fatal(err)
		}
		imported = append(imported, path)
	}
	want := commands()
	slices.Sort(want)
	slices.Sort(imported)
	if diff := cmp.Diff(want, imported); diff != "" {
		t.Errorf("imports of tools.go: (-commands +imported)\n%s", diff)
	}
}

func TestPins(t *testing.T) {
	got := pins("module m\n\ngo 1.26\n\nrequire a/b v1.0.0 // indirect\nrequire (\n\tc/d v0.2.0\n\t// a comment\n\te v3.0.0 // indirect\n)\n\ntool c/d/cmd\n")
	want := []string{"a/b v1.0.0", "c/d v0.2.0", "e v3.0.0"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("pins: (-want +got)\n%s", diff)
	}
}

// tree writes a project that readInputs can read.
func tree(t *testing.T) string {
	t.Helper()
	root := t.TempDir()
	for path, text := range map[string]string{
		"go.mod":                 "module kmodlab\n\nrequire a v1.0.0\n",
		"vmimages/agent/main.go": "package main\n",
		"harness/wire/wire.go":   "package wire\n",
		"virtio.ko":              "ELF",
	} {
		path = filepath.Join(root, path)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return root
}

// TestKeys checks what makes a new userland and what makes a new image only.
func TestKeys(t *testing.T) {
	root := tree(t)
	k := &kernel.Kernel{Arch: "amd64", Virtio: []string{filepath.Join(root, "virtio.ko")}}
	keys := func() (userland, image string) {
		t.Helper()
		in, err := readInputs(root, k)
		if err != nil {
			t.Fatal(err)
		}
		return in.userlandKey(), in.imageKey()
	}
	for _, tt := range []struct {
		path, text      string
		userland, image bool // whether the key changes
	}{
		{"vmimages/agent/main.go", "package main // changed\n", false, true},
		{"vmimages/agent/more.go", "package main\n", false, true},
		{"vmimages/agent/main_test.go", "package main\n", false, false},
		{"harness/wire/wire.go", "package wire // changed\n", false, true},
		{"virtio.ko", "ELF changed", false, true},
		{"go.mod", "module kmodlab\n\nrequire a v1.0.0 // indirect\n", false, false},
		{"go.mod", "module kmodlab\n\nrequire a v1.0.1\n", true, true},
	} {
		userland, image := keys()
		if err := os.WriteFile(filepath.Join(root, tt.path), []byte(tt.text), 0o644); err != nil {
			t.Fatal(err)
		}
		userland2, image2 := keys()
		if got := userland != userland2; got != tt.userland {
			t.Errorf("%s = %q: userland's key changes: %t; want %t", tt.path, tt.text, got, tt.userland)
		}
		if got := image != image2; got != tt.image {
			t.Errorf("%s = %q: image's key changes: %t; want %t", tt.path, tt.text, got, tt.image)
		}
	}
}

func TestAppendOurs(t *testing.T) {
	dir := t.TempDir()
	program := filepath.Join(dir, "program")
	if err := os.WriteFile(program, []byte("program"), 0o755); err != nil {
		t.Fatal(err)
	}
	in := &inputs{virtio: []virtioModule{{"virtio_ring.ko", []byte("b")}, {"virtio.ko", []byte("a")}}}
	var out strings.Builder
	if err := in.appendOurs(&out, program, program); err != nil {
		t.Fatal(err)
	}
	records, err := cpio.ReadAllRecords(cpio.Newc.Reader(strings.NewReader(out.String())))
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, r := range records {
		names = append(names, r.Name)
	}
	// The names keep the order that the modules were given in.
	want := []string{"modules", "bin/uinit", "bin/hand", "virtio", "virtio/00-virtio_ring.ko", "virtio/01-virtio.ko"}
	if diff := cmp.Diff(want, names); diff != "" {
		t.Errorf("archive: (-want +got)\n%s", diff)
	}
}

func TestRoot(t *testing.T) {
	root := tree(t)
	got, err := Root(filepath.Join(root, "vmimages", "agent"))
	if err != nil || got != root {
		t.Errorf("Root(below %s) = %q, %v; want the folder itself", root, got, err)
	}
	if got, err := Root(t.TempDir()); err == nil {
		t.Errorf("Root(elsewhere) = %q; want an error", got)
	}
}
