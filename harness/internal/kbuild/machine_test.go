// SPDX-License-Identifier: GPL-2.0-only

package kbuild

import (
	"errors"
	"os/exec"
	"testing"

	"kmodlab/internal/fault"
)

// TestFailedByMachine tells what the machine did from what the sources did.
func TestFailedByMachine(t *testing.T) {
	failed := exitError(t)
	killed := exec.CommandContext(t.Context(), "sh", "-c", "kill -9 $$").Run()
	const wrong = "/stage/a/a.c:3:10: error: 'x' undeclared\n"
	for name, tt := range map[string]struct {
		output string
		err    error
		host   bool
	}{
		"a full disk":              {"/stage/a/a.c:1: fatal error: error writing to /tmp/ccX.s: No space left on device\n", failed, true},
		"a full disk, clang":       {"error: unable to open output file 'a.o': 'No space left on device'\n", failed, true},
		"a full disk beside":       {wrong + "ar: b.a: No space left on device\n", failed, true},
		"a compiler killed":        {"gcc: fatal error: Killed signal terminated program cc1\ncompilation terminated.\n", failed, true},
		"a tool killed":            {"make[2]: *** [scripts/Makefile.build:250: /stage/a/a.o] Killed\n", failed, true},
		"a tool killed in a shell": {"make[2]: *** [scripts/Makefile.build:250: /stage/a/a.o] Error 137\n", failed, true},
		"no memory":                {"cc1: out of memory allocating 65536 bytes after a total of 1 bytes\n", failed, true},
		"no process":               {"make: vfork: Resource temporarily unavailable\n", failed, true},
		"a crash of the compiler":  {"/stage/a/a.c:3:1: internal compiler error: Segmentation fault\n", failed, true},
		"make killed":              {wrong, killed, true},
		"an error":                 {wrong + "make[2]: *** [scripts/Makefile.build:250: /stage/a/a.o] Error 1\n", failed, false},
		"a source that quotes it":  {"/stage/a/a.c:3:2: error: #error \"No space left on device\" is what this returns\n", failed, false},
		"a warning":                {"/stage/a/a.c:3:2: warning: no space left on device\n", nil, false},
	} {
		err := diagnose(tt.output, tt.err, "/stage", "/src")
		if got := fault.Of(err) == fault.Host; got != tt.host {
			t.Errorf("%s: diagnose() = %v; want a fault of the host: %t", name, err, tt.host)
		}
		if _, broken := errors.AsType[*Error](err); broken && tt.host {
			t.Errorf("%s: the sources are blamed", name)
		}
	}
}

func TestCertain(t *testing.T) {
	for name, tt := range map[string]struct {
		messages []Message
		want     bool
	}{
		"an error":             {[]Message{{"/src/a.c", 3, "error: 'x' undeclared"}}, true},
		"a missing header":     {[]Message{{"/src/a.c", 3, "fatal error: x.h: No such file or directory"}}, true},
		"a missing symbol":     {[]Message{{"/src/a.ko", 0, `"x" [/src/a.ko] undefined!`}}, true},
		"objtool's":            {[]Message{{"/src/a.o", 0, "error: objtool: x"}}, true},
		"nothing":              {nil, false},
		"no line":              {[]Message{{"gcc", 0, "fatal error: cannot execute cc1"}}, false},
		"fatal, who knows why": {[]Message{{"/src/a.c", 1, "fatal error: error writing to /tmp/x.s: Bad file descriptor"}}, false},
		"an error and another": {[]Message{{"/src/a.c", 3, "error: 'x' undeclared"}, {"cc1", 0, "error: x"}}, false},
	} {
		if got := (&Error{Messages: tt.messages}).Certain(); got != tt.want {
			t.Errorf("%s: Certain() = %t; want %t", name, got, tt.want)
		}
	}
}
