// SPDX-License-Identifier: GPL-2.0-only

package kbuild_test

import (
	"bytes"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"kmodlab/harness/internal/kbuild"
	"kmodlab/internal/cache"
	"kmodlab/internal/headers"
	"kmodlab/internal/kernel"
	"kmodlab/vmimages/vmimagestest"
)

// ownTree returns k with headers that are a copy of its own, in a folder of the
// test's: links lead to the copy, too, and so does the Makefile.
func ownTree(t *testing.T, k *kernel.Kernel) *kernel.Kernel {
	t.Helper()
	from, to := filepath.Dir(filepath.Dir(k.Headers)), t.TempDir() // usr of usr/src/linux-headers-RELEASE
	err := filepath.WalkDir(from, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		at := filepath.Join(to, strings.TrimPrefix(path, from))
		switch {
		case d.IsDir():
			return os.MkdirAll(at, 0o755)
		case d.Type()&fs.ModeSymlink != 0:
			target, err := os.Readlink(path)
			if err != nil {
				return err
			}
			return os.Symlink(target, at)
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		if d.Name() == "Makefile" {
			text = bytes.ReplaceAll(text, []byte(from), []byte(to))
		}
		if err := os.WriteFile(at, text, info.Mode().Perm()); err != nil {
			return err
		}
		return os.Chtimes(at, info.ModTime(), info.ModTime())
	})
	if err != nil {
		t.Fatal(err)
	}
	own := *k
	own.Headers, own.HeadersKey = filepath.Join(to, strings.TrimPrefix(k.Headers, from)), ""
	folders, err := headers.Folders(own.Headers)
	if err != nil {
		t.Fatal(err)
	}
	own.Reads = append(slices.Clone(k.Reads), folders...)
	return &own
}

// TestEditedHeaders builds a module with headers of somebody's own, edits one of
// them, and wants what it says now. The edits are those that are hard to see: of
// the same length, as old as the file was, older than the module, undone.
func TestEditedHeaders(t *testing.T) {
	_, source := vmimagestest.Kernel(t, "")
	k, err := source.Get(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	k = ownTree(t, k)
	common, err := filepath.Glob(filepath.Join(k.Headers, "../*-common*"))
	if err != nil || len(common) != 1 {
		t.Fatalf("the headers have %v beside them, %v; want the common ones", common, err)
	}
	c, err := cache.At(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	src := t.TempDir()
	write := func(path, text string, at time.Time) {
		t.Helper()
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		if err := os.Chtimes(path, at, at); err != nil {
			t.Fatal(err)
		}
	}
	past := time.Now().Add(-time.Hour)
	write(filepath.Join(src, "Kbuild"), "obj-m := a.o\n", past)
	write(filepath.Join(src, "a.c"), "#include <linux/module.h>\n#include <linux/lab.h>\nstatic int __init a_init(void)\n{\n\tpr_info(\"%s\\n\", lab());\n\treturn 0;\n}\nmodule_init(a_init);\nMODULE_LICENSE(\"GPL\");\n", past)
	header := filepath.Join(common[0], "include/linux/lab.h")
	says := func(word string) string {
		return "static inline const char *lab(void) { return \"the header says " + word + "\"; }\n"
	}
	for _, tt := range []struct {
		word string
		at   time.Time
	}{
		{"one", past},
		{"two", past},                       // as old as before, and as long
		{"three", past.Add(-2 * time.Hour)}, // out of an archive
		{"four", time.Now()},
		{"one", past}, // out of an archive again: known, and built anew all the same if it is not
	} {
		write(header, says(tt.word), tt.at)
		m, err := kbuild.Build(t.Context(), c, k, src)
		if err != nil {
			t.Fatal(err)
		}
		text, err := os.ReadFile(m.Files["a"])
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Contains(text, []byte("the header says "+tt.word+"\x00")) {
			at := bytes.Index(text, []byte("the header says "))
			t.Errorf("the header says %q, the module has %q", tt.word, text[at:at+24])
		}
	}
}
