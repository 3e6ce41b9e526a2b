// SPDX-License-Identifier: GPL-2.0-only

package kbuild_test

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"kmodlab/harness/internal/kbuild"
	"kmodlab/internal/cache"
	"kmodlab/vmimages/vmimagestest"
)

// poison are variables that make, Kbuild, the compiler, the shell or the loader
// heed, each with a value that changes a module or breaks its build.
var poison = map[string]string{
	"KCPPFLAGS": "-DVALUE=7", "KCFLAGS": "-DVALUE=8", "KAFLAGS": "-DVALUE=9", "CFLAGS_MODULE": "-DVALUE=10", "KBUILD_MODPOST_WARN": "1",
	"KBUILD_EXTRA_SYMBOLS": "/poison", "LLVM": "1", "W": "1e", "V": "1", "C": "2", "CHECK": "/poison", "ARCH": "sparc", "CROSS_COMPILE": "poison-",
	"LOCALVERSION": "-poison", "KERNELRELEASE": "poison", "CC": "/poison", "LD": "/poison", "HOSTCC": "/poison", "INSTALL_MOD_PATH": "/poison", "INSTALL_MOD_STRIP": "1",
	"KBUILD_OUTPUT": "/poison", "O": "/poison", "M": "/poison", "SUBDIRS": "/poison", "MO": "/poison", "KBUILD_EXTMOD": "/poison", "srctree": "/poison",
	"MAKEFLAGS": "-n", "GNUMAKEFLAGS": "-n", "MAKEFILES": "/poison/Makefile", "MAKEOVERRIDES": "poison", "GIT_DIR": "/poison", "GIT_CONFIG_GLOBAL": "/poison",
	"LD_LIBRARY_PATH": "/poison", "LD_PRELOAD": "/poison/lib.so", "BASH_ENV": "/poison", "ENV": "/poison", "CDPATH": "/", "SHELLOPTS": "noexec", "PERL5OPT": "-Mpoison",
	"CPATH": "/poison", "C_INCLUDE_PATH": "/poison", "GCC_EXEC_PREFIX": "/poison/", "COMPILER_PATH": "/poison", "SOURCE_DATE_EPOCH": "1", "TMPDIR": "/poison", "HOME": "/poison",
	"LANG": "de_DE.UTF-8", "LC_ALL": "de_DE.UTF-8", "LANGUAGE": "de", "TZ": "Asia/Tokyo", "POSIXLY_CORRECT": "1", "DEPENDENCIES_OUTPUT": "/poison", "PATH": "/poison",
}

// TestPoisonedEnvironment builds a module twice, in a clean environment and in
// one in which each of these is set, and wants the same bytes.
func TestPoisonedEnvironment(t *testing.T) {
	vmimagestest.Long(t)
	_, source := vmimagestest.Kernel(t, "")
	k, err := source.Get(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	src := t.TempDir()
	for name, text := range map[string]string{
		"Kbuild":   "obj-m := p/\n",
		"p/Kbuild": "obj-m := p.o\n",
		"p/p.c": "// SPDX-License-Identifier: GPL-2.0-only\n#include <linux/module.h>\n#ifndef VALUE\n#define VALUE 1\n#endif\n" +
			"static int value = VALUE;\nmodule_param(value, int, 0444);\nMODULE_DESCRIPTION(\"p\");\nMODULE_LICENSE(\"GPL\");\n",
	} {
		path := filepath.Join(src, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	c, err := cache.At(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	built := func() map[string][]byte {
		t.Helper()
		entries, err := os.ReadDir(c.Root())
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range entries { // nothing is there already
			if strings.HasPrefix(e.Name(), "modules") || strings.HasPrefix(e.Name(), "stage") {
				if err := os.RemoveAll(filepath.Join(c.Root(), e.Name())); err != nil {
					t.Fatal(err)
				}
			}
		}
		m, err := kbuild.Build(t.Context(), c, k, src)
		if err != nil {
			t.Fatal(err)
		}
		all := map[string][]byte{}
		for what, path := range map[string]string{"whole": m.Debug["p"], "stripped": m.Files["p"]} {
			if all[what], err = os.ReadFile(path); err != nil {
				t.Fatal(err)
			}
		}
		return all
	}
	clean := built()
	for name, value := range poison {
		if name == "PATH" { // bwrap is the user's own to choose
			value += ":" + os.Getenv("PATH")
		}
		t.Setenv(name, value)
	}
	for what, text := range built() {
		if !bytes.Equal(text, clean[what]) {
			t.Errorf("the %s module differs: %d bytes, %d in a clean environment", what, len(text), len(clean[what]))
		}
	}
}
