// SPDX-License-Identifier: GPL-2.0-only

package kbuild

import (
	"context"
	"errors"
	"maps"
	"os/exec"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"kmodlab/internal/kernel"
)

// exitError returns the error of a command that ended with 2, as make does.
func exitError(t *testing.T) error {
	t.Helper()
	err := exec.CommandContext(context.Background(), "sh", "-c", "exit 2").Run()
	var exit *exec.ExitError
	if !errors.As(err, &exit) {
		t.Fatal(err)
	}
	return err
}

func TestDiagnose(t *testing.T) {
	failed := exitError(t)
	for name, tt := range map[string]struct {
		output string
		err    error
		want   []Message
		bad    bool
	}{
		"a clean build": {output: "  CC [M]  /stage/notify/notify.o\n  LD [M]  /stage/notify/notify.ko\n"},
		"an error with an absolute path": {
			output: "/stage/notify/notify.c: In function 'notify_init':\n/stage/notify/notify.c:21:2: error: 'x' undeclared (first use in this function)\nmake[2]: *** [scripts/Makefile.build:250: /stage/notify/notify.o] Error 1\n",
			err:    failed, bad: true,
			want: []Message{{"/src/notify/notify.c", 21, "error: 'x' undeclared (first use in this function)"}},
		},
		"an error with a relative path": {
			output: "notify/notify.c:21:2: error: expected ';' before '}' token\n", err: failed, bad: true,
			want: []Message{{"/src/notify/notify.c", 21, "error: expected ';' before '}' token"}},
		},
		"a header that is missing": {
			output: "/stage/a/a.c:3:10: fatal error: none.h: No such file or directory\ncompilation terminated.\n", err: failed, bad: true,
			want: []Message{{"/src/a/a.c", 3, "fatal error: none.h: No such file or directory"}},
		},
		"an unresolved symbol": {
			output: "ERROR: modpost: \"no_such\" [/stage/a/a.ko] undefined!\n", err: failed, bad: true,
			want: []Message{{"/src/a/a.ko", 0, `"no_such" [/src/a/a.ko] undefined!`}},
		},
		"an unresolved symbol in the words of 7.3": {
			output: "ERROR: modpost: a/a.ko: symbol 'no_such' undefined!\n", err: failed, bad: true,
			want: []Message{{"/src/a/a.ko", 0, "a/a.ko: symbol 'no_such' undefined!"}},
		},
		"an unresolved symbol that make calls a warning": {
			output: "WARNING: modpost: \"no_such\" [/stage/a/a.ko] undefined!\n", bad: true,
			want: []Message{{"/src/a/a.ko", 0, `"no_such" [/src/a/a.ko] undefined!`}},
		},
		"code that objtool forbids": {
			output: "a.o: error: objtool: init_module(): Magic init_module() function name is deprecated, use module_init(fn) instead\nmake[4]: *** [scripts/Makefile.build:295: a.o] Error 1\n", err: failed, bad: true,
			want: []Message{{"/src/a.o", 0, "error: objtool: init_module(): Magic init_module() function name is deprecated, use module_init(fn) instead"}},
		},
		"a compiler that is too old": {
			output: "cc1: error: unrecognized command-line option '-std=gnu23'\ncc1: error: unrecognized command-line option '-std=gnu23'\nmake[2]: *** [scripts/Makefile.build:250: /stage/a/a.o] Error 1\n", err: failed, bad: true,
			want: []Message{{"cc1", 0, "error: unrecognized command-line option '-std=gnu23'"}},
		},
		"a driver that does not know": {
			output: "gcc-10: error: unrecognized command-line option '-fmin-function-alignment=16'\n", err: failed, bad: true,
			want: []Message{{"gcc-10", 0, "error: unrecognized command-line option '-fmin-function-alignment=16'"}},
		},
		"a Makefile that gives up": {
			output: "/stage/Makefile:7: *** this driver wants Linux 6.6 or newer.  Stop.\nmake: *** [Makefile:20: all] Error 2\n", err: failed, bad: true,
			want: []Message{{"/src/Makefile", 7, "this driver wants Linux 6.6 or newer"}},
		},
		"success with a missing symbol table": {
			output: "  WARNING: Symbol version dump \"Module.symvers\" is missing.\n  LD [M] /stage/a/a.ko\n", bad: true,
			want: []Message{{"/src", 0, `make ended well, but said: WARNING: Symbol version dump "Module.symvers" is missing.`}},
		},
		"an error without a message":       {output: "make: something odd\n", err: failed, bad: true},
		"a compiler's warning is no error": {output: "/stage/a/a.c:3:10: warning: unused variable 'x'\n"},
	} {
		t.Run(name, func(t *testing.T) {
			err := diagnose(tt.output, tt.err, "/stage", "/src")
			e, ok := errors.AsType[*Error](err)
			if ok != tt.bad {
				t.Fatalf("diagnose() = %v; want a build error: %v", err, tt.bad)
			}
			if ok {
				if d := cmp.Diff(tt.want, e.Messages); d != "" {
					t.Errorf("messages (-want +got):\n%s", d)
				}
			}
		})
	}
}

// A build of some folders has what all share, and a stage of its own.
func TestSourcesOf(t *testing.T) {
	all := &sources{dir: "/src", text: map[string][]byte{}}
	for _, name := range []string{"Kbuild", "Makefile", "a/Kbuild", "a/a.c", "b/Kbuild", "b/b.c", "include/x.h"} {
		all.names = append(all.names, name)
		all.text[name] = []byte(name)
	}
	part := all.of([]string{"b"})
	want := []string{"Kbuild", "Makefile", "b/Kbuild", "b/b.c", "include/x.h"}
	if d := cmp.Diff(want, part.names); d != "" {
		t.Errorf("of(b) (-want +got):\n%s", d)
	}
	stage := func(s *sources) string { return stageInputs(s, &kernel.Kernel{}).Key() }
	if stage(part) == stage(all) || stage(part) == stage(all.of([]string{"a"})) {
		t.Error("builds of different folders share a staging folder, where each would undo the other's work")
	}
	if rest := part.without(map[string]*Error{"b": {}}); stage(rest) != stage(part) {
		t.Error("leaving out a broken folder changes the staging folder")
	}
}

func TestBlame(t *testing.T) {
	folders := []string{"good", "typo", "gone", "loose"}
	for name, tt := range map[string]struct {
		e    Error
		want []string
	}{
		"the compiler names the file": {Error{Source: "/src", Messages: []Message{{"/src/typo/typo.c", 3, "error: x"}}}, []string{"typo"}},
		"modpost names the module":    {Error{Source: "/src", Messages: []Message{{"/src/loose/loose.ko", 0, `"x" undefined!`}}}, []string{"loose"}},
		"make misses a source": {Error{Source: "/src",
			Output: "make[3]: *** No rule to make target '/src/gone/gone.o', needed by '/src/gone/'.  Stop.\n"}, []string{"gone"}},
		"make misses a source, relative": {Error{Source: "/src",
			Output: "make[4]: *** No rule to make target 'gone/gone.o', needed by 'gone/'.  Stop.\n"}, []string{"gone"}},
		"several": {Error{Source: "/src", Messages: []Message{{"/src/typo/typo.c", 3, "error: x"}, {"/src/typo/typo.c", 4, "error: y"}},
			Output: "make[3]: *** [/h/scripts/Makefile.build:250: /src/gone/gone.o] Error 1\n"}, []string{"gone", "typo"}},
		"nobody can tell": {Error{Source: "/src", Output: "make: *** [/h/Makefile:236: __sub-make] Error 2\n"}, nil},
		"a shared header": {Error{Source: "/src", Messages: []Message{{"/src/include/x.h", 3, "error: x"}}}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			got := slices.Sorted(maps.Keys(tt.e.blame(folders)))
			if d := cmp.Diff(tt.want, got); d != "" {
				t.Errorf("blame() (-want +got):\n%s", d)
			}
		})
	}
}
