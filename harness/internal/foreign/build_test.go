// SPDX-License-Identifier: GPL-2.0-only

package foreign

import (
	"context"
	"errors"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"kmodlab/harness/internal/kbuild"
	"kmodlab/internal/cache"
	"kmodlab/internal/fault"
	"kmodlab/internal/kernel"
	"kmodlab/internal/ko/kotest"
)

// kbuildInShort does with M= what Kbuild does, as far as a folder can tell: it
// reads Kbuild or Makefile, writes lists of objects, makes them, and modules when
// all objects are made. A module is a copy of template.ko.
const kbuildInShort = `MAKEFLAGS += -r
src := $(M)
export KERNELRELEASE := 6.12.1-test
include $(firstword $(wildcard $(M)/Kbuild $(M)/Makefile))
objects := $(addprefix $(M)/,$(obj-m))
modules: $(objects:.o=.mod) $(objects:.o=.ko)
$(M)/%.mod:
	@echo $*.o > $@
$(M)/%.o: $(M)/%.c
	@! grep -Hn BROKEN $< | sed 's/BROKEN/1: error: broken/' | grep .
	@touch $@
$(M)/%.ko: $(objects)
	@cp template.ko $@
`

// ownWay is a Makefile that only works when it is told where the kernel is.
const ownWay = `ifneq ($(KERNELRELEASE),)
obj-$(CONFIG_HELLO) := hello.o
else
export CONFIG_HELLO = m
KSRC := /lib/modules/none/build
all:
	$(MAKE) -C $(KSRC) M=$(CURDIR) modules
endif
`

func testKernel(t *testing.T) *kernel.Kernel {
	t.Helper()
	for _, tool := range []string{"make", "objcopy"} {
		if _, err := exec.LookPath(tool); err != nil {
			t.Skipf("no %s: %v", tool, err)
		}
	}
	headers := newFolder(t, map[string]string{"Makefile": kbuildInShort, ".config": "CONFIG_MODULES=y\n", "Module.symvers": "",
		"include/generated/autoconf.h": "", "include/config/auto.conf": "",
		"template.ko": string(kotest.Module(t, []string{"license=GPL", "depends=", "vermagic=6.12.1-test SMP "}, "+init_module", "+cleanup_module")),
		"other.ko":    string(kotest.Module(t, []string{"vermagic=5.10.0-host SMP "}))})
	return &kernel.Kernel{Release: "6.12.1-test", Version: "6.12.1", Arch: "amd64", Headers: headers, Config: filepath.Join(headers, ".config")}
}

func TestBuild(t *testing.T) {
	const src = "int x;\n"
	for name, tt := range map[string]struct {
		files  map[string]string
		want   []string // modules
		broken []string
		err    string
	}{
		"a Kbuild file":          {files: map[string]string{"Kbuild": "obj-m := a.o b-c.o\n", "a.c": src, "b-c.c": src}, want: []string{"a", "b_c"}},
		"a Makefile":             {files: map[string]string{"Makefile": "obj-m := a.o\n", "a.c": src}, want: []string{"a"}},
		"a Makefile's own way":   {files: map[string]string{"Makefile": ownWay, "hello.c": src}, want: []string{"hello"}},
		"this kernel's place":    {files: map[string]string{"Makefile": strings.NewReplacer("KSRC", "MINE", "/none/", "/$(shell uname -r)/").Replace(ownWay), "hello.c": src}, want: []string{"hello"}},
		"DKMS's way":             {files: map[string]string{"dkms.conf": "MAKE='make -C src -f up KDIR=${kernel_source_dir}'\nBUILT_MODULE_NAME=a\n", "src/up": "all:\n\tmake -C $(KDIR) M=$(CURDIR)\n", "src/Kbuild": "obj-m := a.o b.o\n", "src/a.c": src, "src/b.c": src}, want: []string{"a"}},
		"DKMS's fails":           {files: map[string]string{"dkms.conf": "MAKE='exit 3'\n", "Makefile": "obj-m := a.o\n", "a.c": src}, want: []string{"a"}},
		"one of two is broken":   {files: map[string]string{"Makefile": "obj-m := a.o b-c.o\n", "a.c": src, "b-c.c": "BROKEN\n"}, want: []string{"a"}, broken: []string{"b_c"}},
		"one of two in a Kbuild": {files: map[string]string{"Kbuild": "obj-m := a.o b.o\n", "a.c": src, "b.c": "BROKEN\n"}, want: []string{"a"}, broken: []string{"b"}},
		"all are broken":         {files: map[string]string{"Makefile": "obj-m := a.o\n", "a.c": "\nBROKEN\n"}, err: "a.c:2: error: broken"},
		"no module is named":     {files: map[string]string{"Makefile": "all:\n\t@echo done\n", "a.c": src}, err: "no module was built"},
		"headers of its own":     {files: map[string]string{"Makefile": "all:\n\t@$(MAKE) -C /lib/modules/none/build M=$(CURDIR)\n"}, err: "tried: make -C HEADERS M=COPY modules"},
		"a source is missing":    {files: map[string]string{"Makefile": "obj-m := a.o\n"}, err: "no module was built: No rule to make target"},
		"for another kernel":     {files: map[string]string{"Makefile": "all:\n\t@cp $(KDIR)/other.ko a.ko\nmodules: ;\n"}, err: "a is for 5.10.0-host, not for 6.12.1-test"},
		"two of one name":        {files: map[string]string{"Makefile": "all:\n\t@mkdir x && cp $(KDIR)/other.ko a-b.ko && cp a-b.ko x/a_b.ko\n"}, err: "the same name"},
		"a promise not kept":     {files: map[string]string{"dkms.conf": "BUILT_MODULE_NAME=(a z)\n", "Makefile": "obj-m := a.o\n", "a.c": src}, err: "promises: z"},
		"not for this kernel":    {files: map[string]string{"dkms.conf": "BUILD_EXCLUSIVE_KERNEL=^5\n", "Makefile": "obj-m := a.o\n"}, err: "is for other kernels"},
	} {
		t.Run(name, func(t *testing.T) {
			k := testKernel(t)
			c, err := cache.At(t.TempDir())
			if err != nil {
				t.Fatal(err)
			}
			f, err := Read(newFolder(t, tt.files), "")
			if err != nil {
				t.Fatal(err)
			}
			for range 2 { // made, and out of the cache
				m, err := f.Build(context.Background(), c, k)
				if tt.err != "" {
					if err == nil || !strings.Contains(err.Error(), tt.err) || strings.Contains(err.Error(), c.Root()) {
						t.Fatalf("Build() = %v; want an error with %q that speaks of the sources", err, tt.err)
					}
					continue
				}
				if err != nil {
					t.Fatalf("Build() = %v", err)
				}
				if d := cmp.Diff(tt.want, slices.Sorted(maps.Keys(m.Files))); d != "" {
					t.Errorf("modules (-want +got):\n%s", d)
				}
				if d := cmp.Diff(tt.broken, slices.Sorted(maps.Keys(m.Broken))); d != "" {
					t.Errorf("broken modules (-want +got):\n%s", d)
				}
			}
		})
	}
}

// Whose fault a build is decides about the verdict.
func TestBuildErrorsHaveOwners(t *testing.T) {
	c, err := cache.At(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	for name, makefile := range map[string]string{"broken": "obj-m := a.o\n", "nothing": "all:\n"} {
		f, err := Read(newFolder(t, map[string]string{"Makefile": makefile, "a.c": "BROKEN\n"}), "")
		if err != nil {
			t.Fatal(err)
		}
		_, err = f.Build(context.Background(), c, testKernel(t))
		if _, ok := errors.AsType[*kbuild.Error](err); !ok && fault.Of(err) != fault.Build {
			t.Errorf("Build(%s) = %T %v; want an error of the build", name, err, err)
		}
	}
}

// The sources stay as they are.
func TestBuildLeavesTheFolderAlone(t *testing.T) {
	c, err := cache.At(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	dir := newFolder(t, map[string]string{"Makefile": "obj-m := a.o b.o\n$(shell mkdir -p $(M)/d/e && chmod 0 $(M)/d)\n", "a.c": "int x;\n", "b.c": "BROKEN\n"})
	f, err := Read(dir, "")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.Build(context.Background(), c, testKernel(t)); err != nil {
		t.Fatal(err)
	}
	entries, err := os.ReadDir(dir)
	if err != nil || len(entries) != 3 {
		t.Errorf("the folder has %v, %v; want the three files it had", entries, err)
	}
	if left, err := os.ReadDir(filepath.Join(c.Root(), "tmp")); err != nil || len(left) != 0 {
		t.Errorf("the cache has %v left, %v; want nothing", left, err)
	}
}
