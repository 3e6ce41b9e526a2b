// SPDX-License-Identifier: GPL-2.0-only

package kbuild

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"kmodlab/internal/cache"
	"kmodlab/internal/fault"
)

func TestStage(t *testing.T) {
	src, stage := t.TempDir(), filepath.Join(t.TempDir(), "stage")
	write := func(name, text string) {
		t.Helper()
		path := filepath.Join(src, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	target := cache.NewInputs("target").Add("headers", "1")
	sync := func() *sources {
		t.Helper()
		s, err := readSources(src)
		if err != nil {
			t.Fatal(err)
		}
		if err := s.stage(stage, target); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(stage, targetFile), []byte(target.Key()), 0o644); err != nil { // as after a make
			t.Fatal(err)
		}
		return s
	}
	modified := func(name string) int64 {
		t.Helper()
		info, err := os.Stat(filepath.Join(stage, name))
		if err != nil {
			t.Fatal(err)
		}
		return info.ModTime().UnixNano()
	}

	write("Kbuild", "obj-y += a/\n")
	write("a/a.c", "int a;\n")
	write("a/b.c", "int b;\n")
	write("a/README.md", "words\n")
	sync()
	if _, err := os.Stat(filepath.Join(stage, "a/README.md")); err == nil {
		t.Error("a README reached the staging folder; make does not read it")
	}
	before := modified("a/a.c")
	if err := os.WriteFile(filepath.Join(stage, "a/a.o"), nil, 0o644); err != nil {
		t.Fatal(err)
	}

	write("a/README.md", "other words\n")
	sync()
	if err := os.Remove(filepath.Join(src, "a/b.c")); err != nil {
		t.Fatal(err)
	}
	sync()
	if _, err := os.Stat(filepath.Join(stage, "a/b.c")); err == nil {
		t.Error("a removed source is still in the staging folder")
	}
	if _, err := os.Stat(filepath.Join(stage, "a/a.o")); err != nil {
		t.Error("an object of an earlier build is gone from the staging folder")
	}
	if after := modified("a/a.c"); after != before {
		t.Error("an unchanged source got a new time: make would build it again")
	}

	// A clock that was set back must not make an edit look older than the object.
	future := time.Now().Add(time.Hour)
	if err := os.Chtimes(filepath.Join(stage, "a/a.o"), future, future); err != nil {
		t.Fatal(err)
	}
	write("a/a.c", "int changed;\n")
	sync()
	if at := modified("a/a.c"); at <= future.UnixNano() {
		t.Errorf("an edited source is of %v, the object of %v: make would leave that alone", time.Unix(0, at), future)
	}

	for name, change := range map[string]func(){
		"against other headers":      func() { target = cache.NewInputs("target").Add("headers", "2") },
		"by a make that did not end": func() { os.Remove(filepath.Join(stage, targetFile)) },
	} {
		if err := os.WriteFile(filepath.Join(stage, "a/a.o"), nil, 0o644); err != nil {
			t.Fatal(err)
		}
		change()
		sync()
		if _, err := os.Stat(filepath.Join(stage, "a/a.o")); err == nil {
			t.Errorf("an object that was built %s is still there", name)
		}
		if text, err := os.ReadFile(filepath.Join(stage, "a/a.c")); err != nil || string(text) != "int changed;\n" {
			t.Errorf("a source is %q, %v; want it staged", text, err)
		}
	}
}

// TestSettled edits a header while make is at work, as it were: what the objects
// were built against, nobody knows then.
func TestSettled(t *testing.T) {
	p := newProject(t)
	stage := t.TempDir()
	mark := filepath.Join(stage, targetFile)
	target := p.target(t)
	if err := settled(t.Context(), p.cache, p.kernel, stage, target); err != nil {
		t.Fatal(err)
	}
	if text, err := os.ReadFile(mark); err != nil || string(text) != target.Key() {
		t.Errorf("the stage is marked with %q, %v; want the target", text, err)
	}
	os.Remove(mark)
	editHeaders("include/linux/list.h", "struct list { long a; };\n")(t, p)
	if err := settled(t.Context(), p.cache, p.kernel, stage, target); fault.Of(err) != fault.Kernel {
		t.Errorf("settled() after an edit = %v; want a fault of the kernel", err)
	}
	if _, err := os.Stat(mark); err == nil {
		t.Error("the stage is marked with what it was not built against")
	}
}
