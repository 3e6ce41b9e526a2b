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
	want := []string{"modules", "bin/uinit", "bin/executor", "virtio", "virtio/00-virtio_ring.ko", "virtio/01-virtio.ko"}
	if diff := cmp.Diff(want, names); diff != "" {
		t.Errorf("archive: (-want +got)\n%s", diff)
	}
}
