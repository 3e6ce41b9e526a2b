// SPDX-License-Identifier: GPL-2.0-only

package kbuild

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"kmodlab/internal/cache"
	"kmodlab/internal/kernel"
)

// TestProbes asks the stand-in for a compiler, and counts how often it asks the
// compiler.
func TestProbes(t *testing.T) {
	tools := filepath.Join(t.TempDir(), "it's a folder")
	asked := filepath.Join(tools, "asked")
	if err := os.Mkdir(tools, 0o755); err != nil {
		t.Fatal(err)
	}
	compiler := "#!/bin/sh\necho x >> " + quote(asked) + "\ncase \"$*\" in *-bad*) exit 3;; esac\necho \"$# arguments, the last is $(eval echo \\$$#)\"\n"
	if err := os.WriteFile(filepath.Join(tools, "cc-1"), []byte(compiler), 0o755); err != nil {
		t.Fatal(err)
	}
	c, err := cache.At(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	k := &kernel.Kernel{Toolchain: kernel.Toolchain{ID: "1", CC: "cc-1", Bin: tools}}
	long := "-D" + strings.Repeat("x", 200)
	for _, tt := range []struct {
		name   string
		args   string // separated by spaces
		times  int    // how often the compiler is asked when it is asked three times
		status int
	}{
		{"an option", "-Wone -c -x c /dev/null -o tmp", 1, 0},
		{"the same with another output", "-Wone -c -x c /dev/null -o other/tmp", 0, 0},
		{"another option", "-Wtwo -c -x c /dev/null -o tmp", 1, 0},
		{"an option of the assembler", "-Wa,-x -c -x assembler-with-cpp /dev/null -o tmp", 1, 0},
		{"the same without an output", "-Wone -c -x c /dev/null", 0, 0},
		{"the beginning of a question", "-Wone -x c /dev/null", 1, 0},
		{"options that are folders", "-fmap=./= -I/usr/include -x c /dev/null", 1, 0},
		{"a refusal", "-bad -c -x c /dev/null -o tmp", 3, 3},
		{"a question that leaves the folder", "-I../../.. -x c /dev/null", 3, 0},
		{"a question longer than a path", strings.Repeat(long+" ", 30) + "-x c /dev/null", 3, 0},
		{"a program", "-c -o a.o a.c", 3, 0},
		{"a program from standard input", "-x c - -o /dev/null", 3, 0},
		{"the version", "--version", 3, 0},
	} {
		os.Remove(asked)
		for range 3 {
			dir, err := probesIn(t.Context(), c, k)
			if err != nil {
				t.Fatal(err)
			}
			out, err := exec.Command(filepath.Join(dir, probesBin, "cc-1"), strings.Fields(tt.args)...).Output()
			if exit := new(exec.ExitError); err != nil && !errors.As(err, &exit) {
				t.Fatal(err)
			} else if err == nil != (tt.status == 0) || err != nil && exit.ExitCode() != tt.status {
				t.Errorf("%s: %v; want status %d", tt.name, err, tt.status)
			}
			if tt.name == "a program" && string(out) != "4 arguments, the last is a.c\n" {
				t.Errorf("%s: the compiler was given %q; want what the stand-in was given", tt.name, out)
			}
		}
		text, err := os.ReadFile(asked)
		if err != nil && !errors.Is(err, os.ErrNotExist) {
			t.Fatal(err)
		}
		if got := strings.Count(string(text), "x"); got != tt.times {
			t.Errorf("%s: the compiler was asked %d times of 3; want %d", tt.name, got, tt.times)
		}
	}
	k.Toolchain.ID = "2"
	if dir, err := probesIn(t.Context(), c, k); err != nil {
		t.Error(err)
	} else if err := exec.Command(filepath.Join(dir, probesBin, "cc-1"), strings.Fields("-Wone -c -x c /dev/null")...).Run(); err != nil {
		t.Error(err)
	}
	if text, _ := os.ReadFile(asked); strings.Count(string(text), "x") != 4 {
		t.Errorf("another compiler was not asked, what the first had said was taken for its answer")
	}
	for _, cc := range []string{"", "ccache gcc", "/usr/bin/gcc", "no-such-compiler"} {
		if dir, err := probesIn(t.Context(), c, &kernel.Kernel{Toolchain: kernel.Toolchain{CC: cc}}); dir != "" || err != nil {
			t.Errorf("probesIn() with CC=%q = %q, %v; want none", cc, dir, err)
		}
	}
}
