// SPDX-License-Identifier: GPL-2.0-only

package sources

import (
	"os"
	"path/filepath"
	"testing"
	"testing/fstest"

	"kmodlab/internal/cache"
	"kmodlab/internal/cache/cachetest"
)

func TestInputs(t *testing.T) {
	edit := func(path, text string) func(*testing.T, fstest.MapFS) {
		return func(_ *testing.T, what fstest.MapFS) { what[path] = &fstest.MapFile{Data: []byte(text)} }
	}
	cachetest.Table[fstest.MapFS]{Kind: "sources",
		New: func(*testing.T) fstest.MapFS {
			return fstest.MapFS{"go.mod": {Data: []byte("module x\n")}, "guest/agent/main.go": {Data: []byte("package main\n")}}
		},
		Inputs: func(t *testing.T, what fstest.MapFS) *cache.Inputs {
			in, err := inputs(what)
			if err != nil {
				t.Fatal(err)
			}
			return in
		},
		Other: map[string]func(*testing.T, fstest.MapFS){
			"a file":     edit("go.mod", "module y\n"),
			"a new file": edit("go.sum", ""),
			"one less":   func(_ *testing.T, what fstest.MapFS) { delete(what, "go.mod") },
			"a place":    func(_ *testing.T, what fstest.MapFS) { what["guest/main.go"] = what["go.mod"]; delete(what, "go.mod") },
		},
		Same: map[string]func(*testing.T, fstest.MapFS){
			"HOME and the folder": func(t *testing.T, _ fstest.MapFS) { t.Setenv("HOME", t.TempDir()); t.Chdir(t.TempDir()) },
			"a time": func(_ *testing.T, what fstest.MapFS) {
				what["go.mod"].ModTime = what["go.mod"].ModTime.AddDate(1, 0, 0)
			},
		},
	}.Run(t)
}

func TestUnpack(t *testing.T) {
	c, err := cache.At(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	what := fstest.MapFS{"a/b.c": {Data: []byte("int x;\n")}}
	dir, err := Unpack(t.Context(), c, what)
	if err != nil {
		t.Fatal(err)
	}
	if text, err := os.ReadFile(filepath.Join(dir, "a/b.c")); err != nil || string(text) != "int x;\n" {
		t.Errorf("a/b.c = %q, %v; want what is compiled in", text, err)
	}
	if again, err := Unpack(t.Context(), c, what); err != nil || again != dir {
		t.Errorf("unpacked again: %q, %v; want %q", again, err, dir)
	}
}
