// SPDX-License-Identifier: GPL-2.0-only

package foreign

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"kmodlab/harness/internal/kbuild"
)

// TestFutile counts how often make reads a folder: it is not run again when
// that would build nothing.
func TestFutile(t *testing.T) {
	for name, tt := range map[string]struct {
		objects string
		want    int
	}{
		"one of one is broken":  {"b.o", 1},
		"all of two are broken": {"b.o c.o", 1},
		"one of two is broken":  {"a.o b.o", 2},
		"none is broken":        {"a.o", 1},
	} {
		t.Run(name, func(t *testing.T) {
			f, err := Read(newFolder(t, map[string]string{"Makefile": "obj-m := " + tt.objects + "\n$(shell echo read >> $(M)/runs)\n", "a.c": "int x;\n", "b.c": "BROKEN\n", "c.c": "BROKEN\n"}), "")
			if err != nil {
				t.Fatal(err)
			}
			work := t.TempDir()
			if err := f.build(t.Context(), testKernel(t), work, t.TempDir()); (err == nil) != strings.Contains(tt.objects, "a.o") {
				t.Errorf("build() = %v", err)
			}
			runs, err := os.ReadFile(filepath.Join(work, f.Name, "runs"))
			if got := strings.Count(string(runs), "read"); err != nil || got != tt.want {
				t.Errorf("make ran %d times, %v; want %d", got, err, tt.want)
			}
		})
	}
}

// A module of several sources is left out for an error in any of them.
func TestLeaveOutCompound(t *testing.T) {
	for name, list := range map[string]string{"as 5.10 has it": "/stage/main.o /stage/more.o\n\n", "as 6.12 has it": "main.o\nmore.o\n"} {
		b := newBuild(t, map[string]string{"Makefile": "obj-m := whole-thing.o other.o\n"})
		for file, text := range map[string]string{"whole-thing.mod": list, "other.mod": "other.o\n"} {
			if err := os.WriteFile(filepath.Join(b.stage, file), []byte(text), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		e := &kbuild.Error{Messages: []kbuild.Message{{File: "/src/more.c", Line: 1, Text: "error: x"}}}
		if more, err := b.leaveOut(e); !more || err != nil || b.broken["whole_thing"] == nil || len(b.broken) != 1 {
			t.Errorf("%s: leaveOut() = %t, %v, broken %v; want whole_thing left out", name, more, err, b.broken)
		}
		text, err := os.ReadFile(filepath.Join(b.stage, "Kbuild"))
		if err != nil || !strings.Contains(string(text), "filter-out whole-thing.o,") {
			t.Errorf("%s: the Kbuild file is %q, %v; want it without whole-thing.o", name, text, err)
		}
	}
}
