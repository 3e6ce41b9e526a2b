// SPDX-License-Identifier: GPL-2.0-only

package foreign

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"kmodlab/harness/internal/kbuild"
	"kmodlab/internal/cache"
	"kmodlab/internal/cache/cachetest"
	"kmodlab/internal/fault"
	"kmodlab/internal/kernel"
)

// guest is a folder that is built for a kernel.
type guest struct {
	cache  *cache.Cache
	kernel *kernel.Kernel
	dir    string
}

func newGuest(t *testing.T) *guest {
	t.Helper()
	c, err := cache.At(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	dir := newFolder(t, map[string]string{"Makefile": "obj-m := a.o\n", "a.c": "int a;\n", "b.c": "int b;\n", "sub/x.h": "", "gen.sh": "#!/bin/sh\n", "README": "words"})
	return &guest{c, testKernel(t), dir}
}

func TestInputs(t *testing.T) {
	type changes = map[string]func(*testing.T, *guest)
	must := func(t *testing.T, err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	edit := func(name, text string) func(*testing.T, *guest) {
		return func(t *testing.T, g *guest) { must(t, os.WriteFile(filepath.Join(g.dir, name), []byte(text), 0o644)) }
	}
	editHeaders := func(name, text string) func(*testing.T, *guest) {
		return func(t *testing.T, g *guest) {
			must(t, os.MkdirAll(filepath.Dir(filepath.Join(g.kernel.Headers, name)), 0o755))
			must(t, os.WriteFile(filepath.Join(g.kernel.Headers, name), []byte(text), 0o644))
		}
	}
	of := func(change func(k *kernel.Kernel)) func(*testing.T, *guest) {
		return func(_ *testing.T, g *guest) { change(g.kernel) }
	}
	link := func(to string) func(*testing.T, *guest) {
		return func(t *testing.T, g *guest) { must(t, os.Symlink(to, filepath.Join(g.dir, "link.h"))) }
	}
	cachetest.Table[*guest]{Kind: kindForeign, New: newGuest,
		Inputs: func(t *testing.T, g *guest) *cache.Inputs {
			f, err := Read(g.dir, "")
			must(t, err)
			in, err := f.inputs(t.Context(), g.cache, g.kernel)
			must(t, err)
			return in
		},
		Other: changes{
			"source":                              edit("a.c", "int c;\n"),
			"header":                              edit("sub/x.h", "x"),
			"Makefile":                            edit("Makefile", "obj-m := a.o b.o\n"),
			"a file that may be read by a script": edit("README", "other words"),
			"new file":                            edit("c.c", ""),
			"no file":                             func(t *testing.T, g *guest) { must(t, os.Remove(filepath.Join(g.dir, "b.c"))) },
			"other name": func(t *testing.T, g *guest) {
				must(t, os.Rename(filepath.Join(g.dir, "b.c"), filepath.Join(g.dir, "c.c")))
			},
			"a script to run":    func(t *testing.T, g *guest) { must(t, os.Chmod(filepath.Join(g.dir, "gen.sh"), 0o755)) },
			"a link to a file":   link("sub/x.h"),
			"a dkms.conf":        edit("dkms.conf", "PACKAGE_NAME=a\n"),
			"name of the folder": func(t *testing.T, g *guest) { must(t, os.Rename(g.dir, g.dir+"2")); g.dir += "2" },
			"release":            of(func(k *kernel.Kernel) { k.Release = "6.12.2" }),
			"version":            of(func(k *kernel.Kernel) { k.Version = "6.12.1-2" }),
			"architecture":       of(func(k *kernel.Kernel) { k.Arch = "arm64" }),
			"toolchain":          of(func(k *kernel.Kernel) { k.Toolchain.ID = "x" }),
			"compiler":           of(func(k *kernel.Kernel) { k.Toolchain.CC = "clang" }),
			"arguments of make":  of(func(k *kernel.Kernel) { k.Toolchain.MakeArgs = []string{"LLVM=1"} }),
			"variables":          of(func(k *kernel.Kernel) { k.Toolchain.Env = []string{"A=1"} }),
			"binutils":           of(func(k *kernel.Kernel) { k.Toolchain.Prefix = "x-" }),
			"configuration":      editHeaders(".config", "CONFIG_MODULES=y\nCONFIG_X=y\n"),
			"configuration elsewhere": func(t *testing.T, g *guest) {
				g.kernel.Config = filepath.Join(t.TempDir(), "config")
				must(t, os.WriteFile(g.kernel.Config, []byte("CONFIG_X=y\n"), 0o644))
			},
			"a kernel's header": editHeaders("include/linux/list.h", "x"),
			"symbols":           editHeaders("Module.symvers", "0x1\ta\tvmlinux\tEXPORT_SYMBOL\n"),
		},
		Same: changes{
			"history": func(t *testing.T, g *guest) {
				must(t, os.Mkdir(filepath.Join(g.dir, ".git"), 0o755))
				edit(".git/index", "x")(t, g)
			},
			"what was built":    edit("a.ko", "ELF"),
			"a link to nowhere": link("/no/where"),
			"time of a source": func(t *testing.T, g *guest) {
				must(t, os.Chtimes(filepath.Join(g.dir, "a.c"), time.Unix(1, 0), time.Unix(1, 0)))
			},
			"HOME and the folder": func(t *testing.T, _ *guest) { t.Setenv("HOME", t.TempDir()); t.Chdir(t.TempDir()) },
			"place of the folder": func(t *testing.T, g *guest) {
				to := filepath.Join(t.TempDir(), filepath.Base(g.dir))
				must(t, os.Rename(g.dir, to))
				g.dir = to
			},
			"another cache": func(t *testing.T, g *guest) {
				var err error
				g.cache, err = cache.At(t.TempDir())
				must(t, err)
			},
		},
	}.Run(t)
}

// TestTwins has two folders of which each reaches for the other, so that both
// are copied whichever is built.
func TestTwins(t *testing.T) {
	g := newGuest(t)
	var keys []string
	for _, name := range []string{"one", "two"} {
		dir := filepath.Join(g.dir, name)
		if err := os.MkdirAll(dir, 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, "Kbuild"), []byte("ccflags-y := -I$(src)/../\nobj-m := a.o\n"), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	for _, name := range []string{"one", "two"} {
		f, err := Read(filepath.Join(g.dir, name), "")
		if err != nil {
			t.Fatal(err)
		}
		in, err := f.inputs(t.Context(), g.cache, g.kernel)
		if err != nil {
			t.Fatal(err)
		}
		if f.Root != g.dir {
			t.Fatalf("the root of %s is %s; want %s", name, f.Root, g.dir)
		}
		keys = append(keys, in.Key())
	}
	if keys[0] == keys[1] {
		t.Error("two folders of one root have the same key; want the one that is built to count")
	}
}

// TestHalfAFailure has a compiler that fails for a moment: what it did not build
// must not count as broken when the moment is over.
func TestHalfAFailure(t *testing.T) {
	for name, said := range map[string]string{
		"a full disk": "$<:1: fatal error: error writing to /tmp/x.s: No space left on device",
		"who knows":   "$<:1: fatal error: error writing to /tmp/x.s: Bad file descriptor",
		"a kill":      "$<:1: error: broken'; echo 'gcc: fatal error: Killed signal terminated program cc1",
	} {
		t.Run(name, func(t *testing.T) {
			g := newGuest(t)
			makefile := filepath.Join(g.kernel.Headers, "Makefile")
			bad := strings.Replace(kbuildInShort, `@! grep -Hn BROKEN $< | sed 's/BROKEN/1: error: broken/' | grep .`, `@! grep -q 'int b' $< || { echo '`+said+`'; test -e /proc/self/no; }`, 1)
			if bad == kbuildInShort {
				t.Fatal("the compiler of the test is not what this test knows")
			}
			if err := os.WriteFile(filepath.Join(g.dir, "Makefile"), []byte("obj-m := a.o b.o\n"), 0o644); err != nil {
				t.Fatal(err)
			}
			f, err := Read(g.dir, "")
			if err != nil {
				t.Fatal(err)
			}
			g.kernel.HeadersKey = "the same" // it is the machine that fails, not another kernel
			if err := os.WriteFile(makefile, []byte(bad), 0o644); err != nil {
				t.Fatal(err)
			}
			m, err := f.Build(context.Background(), g.cache, g.kernel)
			if _, blamed := errors.AsType[*kbuild.Error](err); err == nil || fault.Of(err) != fault.Host {
				t.Errorf("Build() while the machine fails = %v, %v (sources blamed: %t); want a fault of the host", m, err, blamed)
			}
			if err := os.WriteFile(makefile, []byte(kbuildInShort), 0o644); err != nil {
				t.Fatal(err)
			}
			m, err = f.Build(context.Background(), g.cache, g.kernel)
			if err != nil || len(m.Files) != 2 || len(m.Broken) != 0 {
				t.Errorf("Build() after that = %+v, %v; want both modules", m, err)
			}
		})
	}
}

// TestEditedWhileRead edits a folder between the moment at which it is named and
// the one at which it is copied.
func TestEditedWhileRead(t *testing.T) {
	for name, change := range map[string]func(path string) error{
		"text": func(path string) error { return os.WriteFile(path, []byte("int x;\n"), 0o644) },
		"mode": func(path string) error { return os.Chmod(path, 0o755) },
		"gone": os.Remove,
	} {
		g := newGuest(t)
		f, err := Read(g.dir, "")
		if err != nil {
			t.Fatal(err)
		}
		if err := change(filepath.Join(g.dir, "a.c")); err != nil {
			t.Fatal(err)
		}
		if m, err := f.Build(context.Background(), g.cache, g.kernel); fault.Of(err) != fault.Usage || !strings.Contains(err.Error(), "a.c") {
			t.Errorf("%s: Build() = %v, %v; want that the folder changed", name, m, err)
		}
	}
}
