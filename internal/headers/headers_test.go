// SPDX-License-Identifier: GPL-2.0-only

package headers

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"kmodlab/internal/cache"
	"kmodlab/internal/cache/cachetest"
)

// tree is a kernel that was built with O=, over sources elsewhere, with scripts
// behind a link: all that a tree may be.
type tree struct {
	cache    *cache.Cache
	dir, src string
}

var objects = map[string]string{
	".config": "CONFIG_X=y\n", "Module.symvers": "0x1\tprintk\tvmlinux\tEXPORT_SYMBOL\n", "vmlinux": "ELF", "Module.symvers.old": "",
	"include/generated/autoconf.h": "#define CONFIG_X 1\n", "include/generated/utsrelease.h": "", "include/config/auto.conf": "CONFIG_X=y\n", "include/config/X": "",
	"arch/x86/include/generated/asm/unistd.h": "", "modules.order": "", "drivers/a/a.o": "object",
}

var sources = map[string]string{
	"Makefile": "all:\n", "Kbuild": "", "include/linux/list.h": "static inline int f(void) { return 1; }\n", "include/linux/compiler.lds": "", "arch/x86/Makefile": "", "arch/x86/kernel/vmlinux.lds": "",
	"arch/x86/include/asm/page.h": "", "drivers/a/private.h": "", "drivers/a/a.c": "int a;\n", "drivers/a/Makefile": "obj-y := a.o\n",
	"Documentation/a.h": "", "README": "read me", ".git/index": "", "tools/perf/perf.h": "", "kbuild/scripts/Makefile.build": "x", "kbuild/scripts/mod/modpost": "ELF", "kbuild/scripts/mod/modpost.o": "object",
	"kbuild/scripts/mod/.modpost.o.cmd": "", "kbuild/tools/objtool/objtool": "ELF",
}

func newTree(t *testing.T) *tree {
	t.Helper()
	c, err := cache.At(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	at := t.TempDir()
	tr := &tree{c, filepath.Join(at, "out"), filepath.Join(at, "src")}
	for name, text := range objects {
		write(t, filepath.Join(tr.dir, name), text)
	}
	for name, text := range sources {
		write(t, filepath.Join(tr.src, name), text)
	}
	write(t, filepath.Join(tr.dir, "Makefile"), "# made\nexport KBUILD_OUTPUT = .\ninclude "+tr.src+"/Makefile\n")
	for link, to := range map[string]string{"source": tr.src, "scripts": "../src/kbuild/scripts", "tools": "../src/kbuild/tools", "include/round": "..", "include/nowhere": "/no/where"} {
		if err := os.Symlink(to, filepath.Join(tr.dir, link)); err != nil {
			t.Fatal(err)
		}
	}
	return tr
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o755); err != nil {
		t.Fatal(err)
	}
}

// inputs has the digest as the one input, for the table.
func (tr *tree) inputs(t *testing.T) *cache.Inputs {
	t.Helper()
	digest, err := Digest(t.Context(), tr.cache, tr.dir)
	if err != nil {
		t.Fatal(err)
	}
	return cache.NewInputs("tree").Add("digest", digest)
}

// same leaves the size of a file, and the time of its contents, as they are.
func same(path string) func(*testing.T, *tree) {
	return func(t *testing.T, tr *tree) {
		at := filepath.Join(tr.src, path)
		info, err := os.Stat(at)
		if err != nil {
			t.Fatal(err)
		}
		text, err := os.ReadFile(at)
		if err != nil {
			t.Fatal(err)
		}
		write(t, at, strings.Replace(string(text), "1", "2", 1))
		if err := os.Chtimes(at, info.ModTime(), info.ModTime()); err != nil {
			t.Fatal(err)
		}
	}
}

func TestDigest(t *testing.T) {
	edit := func(path string) func(*testing.T, *tree) {
		return func(t *testing.T, tr *tree) {
			at := filepath.Join(tr.src, path)
			if _, err := os.Stat(at); err != nil {
				at = filepath.Join(tr.dir, path)
			}
			write(t, at, "edited\n")
		}
	}
	editMade := func(path, text string) func(*testing.T, *tree) {
		return func(t *testing.T, tr *tree) { write(t, filepath.Join(tr.dir, path), text) }
	}
	cachetest.Table[*tree]{
		Kind: "tree", New: newTree,
		Inputs: func(t *testing.T, tr *tree) *cache.Inputs { return tr.inputs(t) },
		Other: map[string]func(*testing.T, *tree){
			"an inline function":                       edit("include/linux/list.h"),
			"one of the same length, at the same time": same("include/linux/list.h"),
			"a header of the architecture":             edit("arch/x86/include/asm/page.h"),
			"a header of a driver":                     edit("drivers/a/private.h"),
			"a header that is made":                    edit("arch/x86/include/generated/asm/unistd.h"),
			"no header but included":                   edit("include/linux/compiler.lds"),
			"a new header":                             edit("include/linux/new.h"),
			"no header any more":                       func(t *testing.T, tr *tree) { os.Remove(filepath.Join(tr.src, "include/linux/list.h")) },
			"a script of Kbuild":                       edit("kbuild/scripts/Makefile.build"),
			"a program of Kbuild":                      edit("kbuild/scripts/mod/modpost"),
			"objtool":                                  edit("kbuild/tools/objtool/objtool"),
			"the Makefile":                             edit("Makefile"),
			"the Makefile of what was built":           func(t *testing.T, tr *tree) { editMade("Makefile", "# other\ninclude "+tr.src+"/Makefile\n")(t, tr) },
			"the architecture's Makefile":              edit("arch/x86/Makefile"),
			"Kbuild":                                   edit("Kbuild"),
			"the configuration":                        editMade(".config", "CONFIG_X=m\n"),
			"the configuration, as make reads it":      editMade("include/config/auto.conf", "CONFIG_X=m\n"),
			"the configuration, as the compiler does":  editMade("include/generated/autoconf.h", ""),
			"the exported symbols":                     editMade("Module.symvers", ""),
			"the image, for the types":                 editMade("vmlinux", "ELF 2"),
			"the release":                              editMade("include/generated/utsrelease.h", "2"),
			"a link that leads elsewhere": func(t *testing.T, tr *tree) {
				os.Remove(filepath.Join(tr.dir, "include/nowhere"))
				os.Symlink("../../src/README", filepath.Join(tr.dir, "include/nowhere"))
			},
			"another tree behind the link to the source": func(t *testing.T, tr *tree) {
				os.Rename(tr.src, tr.src+".old")
				if err := os.CopyFS(tr.src, os.DirFS(tr.src+".old")); err != nil {
					t.Fatal(err)
				}
				write(t, filepath.Join(tr.src, "include/linux/list.h"), "other\n")
			},
		},
		Same: map[string]func(*testing.T, *tree){
			"the documentation":     edit("Documentation/a.h"),
			"a README":              edit("README"),
			"the history":           edit(".git/index"),
			"a driver":              edit("drivers/a/a.c"),
			"a driver's Makefile":   edit("drivers/a/Makefile"),
			"an object":             edit("drivers/a/a.o"),
			"an object of a script": edit("kbuild/scripts/mod/modpost.o"),
			"the time of a header": func(t *testing.T, tr *tree) {
				os.Chtimes(filepath.Join(tr.src, "include/linux/list.h"), time.Now(), time.Now())
			},
			"the mark of an option":   editMade("include/config/X", "x"),
			"where it is":             func(_ *testing.T, tr *tree) { os.Symlink(tr.dir, tr.dir+".link"); tr.dir += ".link" },
			"a cache that is damaged": func(t *testing.T, tr *tree) { write(t, filepath.Join(memoryOf(tr), sumsFile), "rubbish\nx y\n\x00") },
			"another cache": func(t *testing.T, tr *tree) {
				var err error
				if tr.cache, err = cache.At(t.TempDir()); err != nil {
					t.Fatal(err)
				}
			},
			"edited and set right": func(t *testing.T, tr *tree) {
				at := filepath.Join(tr.src, "include/linux/list.h")
				edit("include/linux/list.h")(t, tr)
				tr.inputs(t)
				write(t, at, sources["include/linux/list.h"])
			},
		},
	}.Run(t)
}
