// SPDX-License-Identifier: GPL-2.0-only

package foreign

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"kmodlab/internal/cache"
	"kmodlab/internal/fault"
)

// newFolder makes a folder of files, and returns it.
func newFolder(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "hello")
	for name, text := range files {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func TestRead(t *testing.T) {
	dir := newFolder(t, map[string]string{
		"Makefile": "obj-m := hello.o\n", "hello.c": "int x;", "sub/a.h": "",
		".git/config": "", "hello.ko": "", "hello.mod.c": "", "hello.o": "", ".hello.o.cmd": "", "blob.o": "", "Module.symvers": "", "modules.order": "",
	})
	if err := os.Symlink("/nowhere", filepath.Join(dir, "link")); err != nil {
		t.Fatal(err)
	}
	f, err := Read(dir, "")
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff([]string{"Makefile", "blob.o", "hello.c", "sub/a.h"}, f.files); d != "" {
		t.Errorf("files (-want +got):\n%s", d)
	}
	if f.Name != "hello" || f.Root != dir || f.DKMS {
		t.Errorf("Read() = %+v; want hello, itself its root, without DKMS", f)
	}
	if err := os.WriteFile(filepath.Join(dir, "hello.c"), []byte("int y;"), 0o644); err != nil {
		t.Fatal(err)
	}
	if g, err := Read(dir, ""); err != nil || g.Digest == f.Digest {
		t.Errorf("Read() after an edit = %v, %v; want another digest", g, err)
	}
}

// What a link leads to is copied, wherever it is, and links that lead back are
// no way to copy for ever.
func TestReadLinks(t *testing.T) {
	base := filepath.Dir(newFolder(t, map[string]string{"Makefile": "obj-m := a.o\n", "a.c": "int x;\n", "sub/deep/b.c": "int b;\n", "../other/c.c": "int c;\n", "../kernel/scripts/Makefile.build": "", "../kernel/big.c": ""}))
	for link, to := range map[string]string{
		"source":            "hello",          // the folder itself
		"hello/again":       "sub",            // in it, to a folder in it
		"hello/out":         "../other",       // out of it
		"hello/file.h":      "../other/c.c",   // to a file
		"hello/sub/deep/up": "../..",          // back
		"hello/self":        ".",              // to where it is
		"other/back":        "../hello",       // back, by another folder
		"hello/build":       "../kernel",      // to headers
		"hello/loop":        "loop",           // to nowhere
		"hello/history":     "../other/.git/", // to nowhere
	} {
		if err := os.Symlink(to, filepath.Join(base, link)); err != nil {
			t.Fatal(err)
		}
	}
	f, err := Read(filepath.Join(base, "source"), "")
	if err != nil {
		t.Fatal(err)
	}
	want := []string{"Makefile", "a.c", "again/deep/b.c", "file.h", "out/c.c", "sub/deep/b.c"}
	if d := cmp.Diff(want, f.files); d != "" {
		t.Errorf("files (-want +got):\n%s", d)
	}
	if f.Name != "hello" {
		t.Errorf("it is called %s; want hello, as the folder that the link leads to", f.Name)
	}
	copied := filepath.Join(t.TempDir(), "copy")
	if err := f.copyTo(copied); err != nil {
		t.Fatal(err)
	}
	if info, err := os.Lstat(filepath.Join(copied, "out/c.c")); err != nil || !info.Mode().IsRegular() {
		t.Errorf("the copy has %v, %v; want a file", info, err)
	}
}

// Few links can make many folders.
func TestReadManyLinks(t *testing.T) {
	files := map[string]string{"Makefile": "obj-m := a.o\n"}
	for i := range 20 {
		files[fmt.Sprintf("%d/x", i)] = ""
	}
	dir := newFolder(t, files)
	for i := range 19 {
		for _, name := range []string{"p", "q"} {
			if err := os.Symlink(fmt.Sprintf("../%d", i+1), filepath.Join(dir, fmt.Sprint(i), name)); err != nil {
				t.Fatal(err)
			}
		}
	}
	if _, err := Read(dir, ""); fault.Exit(err) != fault.ExitUsage || !strings.Contains(err.Error(), "too large") {
		t.Errorf("Read() = %v; want that it is too large", err)
	}
}

func TestReadReachesUpwards(t *testing.T) {
	for name, tt := range map[string]struct{ makefile, want string }{
		"nothing above":       {"ccflags-y := -Iinclude\n# see ../README\n", "a/b"},
		"the folder above":    {"ccflags-y := -I$(PWD)/../include\n", "a"},
		"without a slash":     {"ccflags-y := -I$(src)/..\n", "a"},
		"two above":           {"include ../../common.mk\ninclude ../x.mk\n", "."},
		"up to the very root": {"include ../../../../../../../../../../../../etc/x.mk\n", "a/b"},
	} {
		t.Run(name, func(t *testing.T) {
			dir := newFolder(t, map[string]string{"a/b/Makefile": tt.makefile, "common.mk": ""})
			f, err := Read(filepath.Join(dir, "a/b"), "")
			if want := filepath.Join(dir, tt.want); err != nil || f.Root != want {
				t.Errorf("Read() = %+v, %v; want root %s", f, err, want)
			}
		})
	}
}

func TestReadRefuses(t *testing.T) {
	dir := newFolder(t, map[string]string{"README": "", "module/Makefile": "obj-m := a.o\n", "doc/Makefile": "all:\n"})
	for where, want := range map[string]string{
		filepath.Join(dir, "nowhere"): "no folder of modules",
		filepath.Join(dir, "README"):  "not a folder",
		dir:                           "-dir=" + filepath.Join(dir, "module"),
		filepath.Join(dir, "module/"): "",
	} {
		_, err := Read(where, "")
		if want == "" {
			if err != nil {
				t.Errorf("Read(%s) = %v; want nil", where, err)
			}
			continue
		}
		e, ok := errors.AsType[*fault.Error](err)
		if !ok || fault.Exit(err) != fault.ExitUsage || e.Hint == "" || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "doc") {
			t.Errorf("Read(%s) = %v; want wrong usage with %q", where, err, want)
		}
	}
}

// Who names a folder that cannot be built is told the next step.
func TestReadHints(t *testing.T) {
	const module = "#include <linux/module.h>\n\nmodule_init(a_init);\nMODULE_LICENSE(\"GPL\");\n"
	for name, tt := range map[string]struct {
		files map[string]string
		want  string
	}{
		"no Makefile":      {map[string]string{"hello.c": module}, "write into DIR/Makefile: obj-m := hello.o"},
		"two modules":      {map[string]string{"a.c": module, "b.c": module, "part.c": "int x; /* no MODULE_LICENSE() */\n"}, "obj-m := a.o b.o"},
		"a driver":         {map[string]string{"a.c": "module_platform_driver(x);\n"}, "obj-m := a.o"},
		"no module":        {map[string]string{"a.c": "int main(void) { return 0; }\n"}, "name the folder that make builds the module in"},
		"two folders deep": {map[string]string{"src/one/Makefile": "obj-m := a.o\n", "src/two/Kbuild": "obj-m := b.o\n", "src/two/sub/Kbuild": "obj-m := c.o\n", "doc/Makefile": "all:\n"}, "such as -dir=DIR/src/one, -dir=DIR/src/two"},
		"less deep first":  {map[string]string{"a/b/c/Kbuild": "obj-m := c.o\n", "z/dkms.conf": ""}, "-dir=DIR/z, -dir=DIR/a/b/c"},
	} {
		t.Run(name, func(t *testing.T) {
			dir := newFolder(t, tt.files)
			_, err := Read(dir, "")
			e, ok := errors.AsType[*fault.Error](err)
			if !ok || fault.Exit(err) != fault.ExitUsage || !strings.HasSuffix(e.Hint, strings.ReplaceAll(tt.want, "DIR", dir)) {
				t.Errorf("Read() = %v; want wrong usage, and the hint %q", err, tt.want)
			}
		})
	}
}

// A Makefile that builds nothing on top of folders that do is told so, too.
func TestBuildHints(t *testing.T) {
	c, err := cache.At(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	f, err := Read(newFolder(t, map[string]string{"Makefile": "all:\nmodules:\n", "src/one/Makefile": "obj-m := a.o\n"}), "")
	if err != nil {
		t.Fatal(err)
	}
	_, err = f.Build(t.Context(), c, testKernel(t))
	if err == nil || !strings.Contains(err.Error(), "perhaps: a folder in it is meant: -dir="+f.Dir+"/src/one") {
		t.Errorf("Build() = %v; want the folder that is meant", err)
	}
}

func TestReadRefusesWhatIsTooLarge(t *testing.T) {
	dir := newFolder(t, map[string]string{"Makefile": "obj-m := a.o\n"})
	big, err := os.Create(filepath.Join(dir, "disk.img"))
	if err != nil {
		t.Fatal(err)
	}
	defer big.Close()
	if err := big.Truncate(maxBytes + 1); err != nil {
		t.Fatal(err)
	}
	if _, err := Read(dir, ""); fault.Exit(err) != fault.ExitUsage || !strings.Contains(err.Error(), "too large") {
		t.Errorf("Read() = %v; want that it is too large", err)
	}
}

func TestParseParams(t *testing.T) {
	got, err := ParseParams("v4l2-loopback:devices=2 exclusive_caps=1; b:x=1")
	if d := cmp.Diff(Params{"v4l2_loopback": "devices=2 exclusive_caps=1", "b": "x=1"}, got); err != nil || d != "" {
		t.Errorf("ParseParams() = %v (-want +got):\n%s", err, d)
	}
	if got, err := ParseParams(""); err != nil || len(got) != 0 {
		t.Errorf("ParseParams(nothing) = %v, %v; want none", got, err)
	}
	for _, bad := range []string{"a=1", ":a=1", "m:a='1'"} {
		if _, err := ParseParams(bad); fault.Exit(err) != fault.ExitUsage {
			t.Errorf("ParseParams(%q) = %v; want wrong usage", bad, err)
		}
	}
}
func TestReadWithoutResults(t *testing.T) {
	dir := newFolder(t, map[string]string{"Makefile": "obj-m := a.o\n", "kmodlab-out/results.json": "1"})
	results := filepath.Join(dir, "kmodlab-out")
	before, err := Read(dir, results)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(results, "results.json"), []byte("2"), 0o644); err != nil {
		t.Fatal(err)
	}
	after, err := Read(dir, results)
	if err != nil || after.Digest != before.Digest {
		t.Errorf("after other results the digest is %s, %v; want %s", after.Digest, err, before.Digest)
	}
	if with, err := Read(dir, ""); err != nil || with.Digest == before.Digest {
		t.Errorf("without a folder of results: %s, %v; want another digest", with.Digest, err)
	}
}
