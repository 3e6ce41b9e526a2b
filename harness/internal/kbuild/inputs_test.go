// SPDX-License-Identifier: GPL-2.0-only

package kbuild

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"kmodlab/internal/cache"
	"kmodlab/internal/cache/cachetest"
	"kmodlab/internal/kernel"
)

// project is a folder of sources, and the kernel that they are built for.
type project struct {
	cache  *cache.Cache
	kernel *kernel.Kernel
	src    string
	only   []string
	script string
}

func writeFiles(t *testing.T, dir string, files map[string]string) {
	t.Helper()
	for name, text := range files {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// newProject returns one with a kernel of somebody's own: its headers may be
// edited.
func newProject(t *testing.T) *project {
	t.Helper()
	c, err := cache.At(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	p := &project{cache: c, src: t.TempDir(), script: "#!/bin/sh\n", kernel: &kernel.Kernel{Release: "6.12.1", Arch: "amd64", Headers: t.TempDir(),
		Toolchain: kernel.Toolchain{ID: "gcc-14 1", CC: "gcc-14", MakeArgs: []string{"A=1", "B=2"}, Env: []string{"C=3"}}}}
	writeFiles(t, p.kernel.Headers, map[string]string{"Makefile": "", "Module.symvers": "", ".config": "", "include/generated/autoconf.h": "", "include/config/auto.conf": "",
		"include/linux/list.h": "struct list { int a; };\n", "scripts/Makefile.build": "", "arch/x86/include/asm/page.h": ""})
	writeFiles(t, p.src, map[string]string{"Kbuild": "obj-m += a/\n", "a/Kbuild": "obj-m := a.o\n", "a/a.c": "int a;\n", "b/Kbuild": "obj-m := b.o\n", "b/b.c": "int b;\n", "include/x.h": "", "a/README.md": "words\n", "a/a.txtar": ""})
	return p
}

func (p *project) sources(t *testing.T) *sources {
	t.Helper()
	s, err := readSources(p.src)
	if err != nil {
		t.Fatal(err)
	}
	if p.only != nil {
		return s.of(p.only)
	}
	return s
}

func (p *project) target(t *testing.T) *cache.Inputs {
	t.Helper()
	in, err := Target(t.Context(), p.cache, p.kernel)
	if err != nil {
		t.Fatal(err)
	}
	return in
}

type changes = map[string]func(*testing.T, *project)

func edit(name, text string) func(*testing.T, *project) {
	return func(t *testing.T, p *project) { writeFiles(t, p.src, map[string]string{name: text}) }
}

func editHeaders(name, text string) func(*testing.T, *project) {
	return func(t *testing.T, p *project) { writeFiles(t, p.kernel.Headers, map[string]string{name: text}) }
}

func of(change func(p *project)) func(*testing.T, *project) {
	return func(_ *testing.T, p *project) { change(p) }
}

// put adds the changes of more to those of all.
func put(all, more changes) changes {
	for name, change := range more {
		all[name] = change
	}
	return all
}

// toolChanges are other tools, for any build.
func toolChanges() changes {
	return changes{
		"release":              of(func(p *project) { p.kernel.Release = "6.12.2" }),
		"architecture":         of(func(p *project) { p.kernel.Arch = "arm64" }),
		"toolchain":            of(func(p *project) { p.kernel.Toolchain.ID = "gcc-14 2" }),
		"compiler":             of(func(p *project) { p.kernel.Toolchain.CC = "gcc-12" }),
		"binutils":             of(func(p *project) { p.kernel.Toolchain.Prefix = "aarch64-linux-gnu-" }),
		"argument of make":     of(func(p *project) { p.kernel.Toolchain.MakeArgs = []string{"A=1", "B=3"} }),
		"flag of the compiler": of(func(p *project) { p.kernel.Toolchain.Flags = []string{"-O1"} }),
		"order of arguments":   of(func(p *project) { p.kernel.Toolchain.MakeArgs = []string{"B=2", "A=1"} }),
		"compiler's variable":  of(func(p *project) { p.kernel.Toolchain.Env = nil }),
		"place of the headers": func(t *testing.T, p *project) { moved(t, &p.kernel.Headers) },
		"a key of the headers": of(func(p *project) { p.kernel.HeadersKey = "k" }),
	}
}

// moved gives a folder another name.
func moved(t *testing.T, dir *string) {
	t.Helper()
	to := filepath.Join(t.TempDir(), "moved")
	if err := os.Rename(*dir, to); err != nil {
		t.Fatal(err)
	}
	*dir = to
}

func headerChanges() changes {
	return changes{
		"a struct in a header":   editHeaders("include/linux/list.h", "struct list { long a; };\n"),
		"a header of the arch":   editHeaders("arch/x86/include/asm/page.h", "x"),
		"a new header":           editHeaders("include/linux/new.h", ""),
		"a script of Kbuild":     editHeaders("scripts/Makefile.build", "x"),
		"Makefile":               editHeaders("Makefile", "x"),
		"configuration":          editHeaders(".config", "CONFIG_X=y\n"),
		"configuration in C":     editHeaders("include/generated/autoconf.h", "x"),
		"configuration for make": editHeaders("include/config/auto.conf", "x"),
		"symbols":                editHeaders("Module.symvers", "0x1\ta\tvmlinux\tEXPORT_SYMBOL\n"),
		"another make": func(t *testing.T, _ *project) {
			bin := t.TempDir()
			writeFiles(t, bin, map[string]string{"make": "#!/bin/sh\n"})
			if err := os.Chmod(filepath.Join(bin, "make"), 0o755); err != nil {
				t.Fatal(err)
			}
			t.Setenv("PATH", bin+":"+os.Getenv("PATH"))
		},
	}
}

// sameProject are changes that make no other module.
func sameProject() changes {
	return changes{
		"README":              edit("a/README.md", "other words\n"),
		"a script":            edit("a/a.txtar", "insmod a\n"),
		"HOME and the folder": func(t *testing.T, _ *project) { t.Setenv("HOME", t.TempDir()); t.Chdir(t.TempDir()) },
		"time of a source": func(t *testing.T, p *project) {
			if err := os.Chtimes(filepath.Join(p.src, "a/a.c"), time.Unix(1, 0), time.Unix(1, 0)); err != nil {
				t.Fatal(err)
			}
		},
		"mode of a source": func(t *testing.T, p *project) {
			if err := os.Chmod(filepath.Join(p.src, "a/a.c"), 0o700); err != nil {
				t.Fatal(err)
			}
		},
		"documentation": editHeaders("Documentation/x.rst", "x"),
		"another cache": func(t *testing.T, p *project) {
			var err error
			if p.cache, err = cache.At(t.TempDir()); err != nil {
				t.Fatal(err)
			}
		},
		"image, not what is built against": of(func(p *project) { p.kernel.Image, p.kernel.Digest = "x", "y" }),
	}
}

func TestTargetInputs(t *testing.T) {
	cachetest.Table[*project]{Kind: "target", New: newProject,
		Inputs: func(t *testing.T, p *project) *cache.Inputs { return p.target(t) },
		Other:  put(toolChanges(), headerChanges()), Same: put(sameProject(), changes{"source": edit("a/a.c", "x")}),
	}.Run(t)
}

func TestModulesInputs(t *testing.T) {
	cachetest.Table[*project]{Kind: kindModules, New: newProject,
		Inputs: func(t *testing.T, p *project) *cache.Inputs { return modulesInputs(p.sources(t), p.target(t)) },
		Other: put(put(toolChanges(), headerChanges()), changes{
			"source":             edit("a/a.c", "int c;\n"),
			"header of our own":  edit("include/x.h", "x"),
			"Kbuild":             edit("Kbuild", ""),
			"a module's Kbuild":  edit("a/Kbuild", ""),
			"new source":         edit("a/c.c", ""),
			"a piece of make":    edit("a/a.mk", ""),
			"assembly":           edit("a/a.S", ""),
			"a linker's script":  edit("a/a.lds", ""),
			"no source any more": func(_ *testing.T, p *project) { os.Remove(filepath.Join(p.src, "b/b.c")) },
			"source elsewhere": func(_ *testing.T, p *project) {
				os.Rename(filepath.Join(p.src, "a/a.c"), filepath.Join(p.src, "b/a.c"))
			},
			"a part": of(func(p *project) { p.only = []string{"a"} }),
		}),
		Same: put(sameProject(), changes{"place of the sources": func(t *testing.T, p *project) { moved(t, &p.src) }}),
	}.Run(t)
}

// Headers that nobody edits are named, and not read.
func TestTargetOfTheArchive(t *testing.T) {
	p := newProject(t)
	p.kernel.HeadersKey = "archive"
	before := p.target(t).Key()
	if err := os.RemoveAll(p.kernel.Headers); err != nil {
		t.Fatal(err)
	}
	p.kernel.Headers = filepath.Join(t.TempDir(), "another cache")
	if after := p.target(t).Key(); after != before {
		t.Error("the place of headers that have a key of their own changes what is built; modules are the same wherever the cache is")
	}
	p.kernel.HeadersKey = "other packages"
	if after := p.target(t).Key(); after == before {
		t.Error("other headers, which have another key, change nothing")
	}
}

func TestStageInputs(t *testing.T) {
	cachetest.Table[*project]{Kind: kindStage, New: newProject,
		Inputs: func(t *testing.T, p *project) *cache.Inputs { return stageInputs(p.sources(t), p.kernel) },
		Other: put(toolChanges(), changes{
			"place of the sources": func(t *testing.T, p *project) { moved(t, &p.src) },
			"a part":               of(func(p *project) { p.only = []string{"a"} }),
			"another part":         of(func(p *project) { p.only = []string{"b"} }),
		}),
		// What is edited is built in the same folder: make knows what to do
		// about sources, and about headers the folder is emptied.
		Same: put(put(sameProject(), headerChanges()), changes{"source": edit("a/a.c", "x")}),
	}.Run(t)
}

func TestProbesInputs(t *testing.T) {
	cachetest.Table[*project]{Kind: kindProbes, New: newProject,
		Inputs: func(_ *testing.T, p *project) *cache.Inputs { return probesInputs(p.script, p.kernel) },
		Other: changes{
			"script":    of(func(p *project) { p.script = "#!/bin/sh\nexec gcc\n" }),
			"toolchain": of(func(p *project) { p.kernel.Toolchain.ID = "gcc-14 2" }),
			"compiler":  of(func(p *project) { p.kernel.Toolchain.CC = "gcc-12" }),
		},
		Same: put(put(sameProject(), headerChanges()), changes{"release": of(func(p *project) { p.kernel.Release = "6.12.2" })}),
	}.Run(t)
}
