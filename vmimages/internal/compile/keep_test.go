// SPDX-License-Identifier: GPL-2.0-only

package compile

import (
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// Headers are one tree of what is read of sources and objects.
func TestHeaders(t *testing.T) {
	dir := t.TempDir()
	j := Job{Sources: filepath.Join(dir, "sources"), Objects: filepath.Join(dir, "objects")}
	for _, name := range []string{
		"Makefile", "Kbuild", "Kconfig", "README", "kernel/fork.c", "kernel/Makefile", "kernel/sched/sched.h", "include/linux/list.h", "include/uapi/Kbuild",
		"scripts/Makefile.build", "scripts/mod/modpost.c", "scripts/dtc/x.rst", "arch/x86/Makefile", "arch/x86/Kconfig", "arch/x86/include/asm/page.h", "arch/x86/kernel/vmlinux.lds.S",
	} {
		write(t, filepath.Join(j.Sources, name), "source")
	}
	for _, name := range []string{
		"Makefile", ".config", "vmlinux", "vmlinux.symvers", "wish.config", "kernel/fork.o", "include/generated/autoconf.h", "include/config/auto.conf", "scripts/mod/modpost", "scripts/mod/modpost.o",
		"scripts/mod/.modpost.cmd", "arch/x86/include/generated/asm/bug.h", "arch/x86/kernel/vmlinux.lds", "tools/objtool/objtool", "tools/objtool/check.o",
	} {
		write(t, filepath.Join(j.Objects, name), "object")
	}
	if err := os.Symlink("list.h", filepath.Join(j.Sources, "include/linux/lists.h")); err != nil {
		t.Fatal(err)
	}
	out := filepath.Join(dir, "out")
	if err := j.Headers(out); err != nil {
		t.Fatal(err)
	}
	got := map[string]string{}
	err := filepath.WalkDir(out, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		text, err := os.ReadFile(path)
		name, _ := filepath.Rel(out, path)
		got[name] = string(text)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]string{
		"Makefile": "source", "Kbuild": "source", "include/linux/list.h": "source", "include/linux/lists.h": "source", "include/uapi/Kbuild": "source", "scripts/Makefile.build": "source",
		"scripts/mod/modpost.c": "source", "arch/x86/Makefile": "source", "arch/x86/include/asm/page.h": "source",
		".config": "object", "Module.symvers": "object", "include/generated/autoconf.h": "object", "include/config/auto.conf": "object", "scripts/mod/modpost": "object",
		"arch/x86/include/generated/asm/bug.h": "object", "tools/objtool/objtool": "object",
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("headers (-want +got):\n%s", d)
	}
	if info, err := os.Stat(filepath.Join(out, "scripts/mod/modpost")); err != nil || info.Mode()&0o100 == 0 {
		t.Errorf("modpost is %v, %v; want a program", info, err)
	}
}
