// SPDX-License-Identifier: GPL-2.0-only

package removed

import (
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"kmodlab/harness/internal/api"
	"kmodlab/vmimages/vmimagestest"
)

// The list holds against the headers of the kernels in the cache: before it was
// removed it is there, and since then it is gone.
func TestListAgainstKernels(t *testing.T) {
	list, err := List()
	if err != nil {
		t.Fatal(err)
	}
	if len(list) < 20 {
		t.Errorf("%d entries; the list has more", len(list))
	}
	for _, series := range []string{"5.10", "6.1", "6.12", "7.3"} {
		t.Run(series, func(t *testing.T) {
			_, source := vmimagestest.Kernel(t, series)
			k, err := source.Get(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			against(t, list, api.Of(k, series), series)
		})
	}
}

func against(t *testing.T, list []Entry, k api.Kernel, series string) {
	t.Helper()
	var names []string
	for _, e := range list {
		names = append(names, e.Names...)
	}
	offers, err := k.Ask(names...)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range list {
		removed := !less(series, e.Since)
		text, err := e.text(k)
		if err != nil {
			t.Fatal(err)
		}
		if e.Before.Regexp != nil && e.Before.matches(text) == removed || e.After.Regexp != nil && e.After.matches(text) != removed {
			t.Errorf("%v on %s: %s matches before: %v, after: %v; it went away in %s", e.Names, k.Release, e.Source, e.Before.matches(text), e.After.matches(text), e.Since)
		}
		for _, name := range e.Names {
			has := offers[name].Compiles()
			if api.IsHeader(name) {
				if has, err = k.HasHeader(name); err != nil {
					t.Fatal(err)
				}
			}
			if e.named() && has == removed {
				t.Errorf("%s on %s: it is there: %v; it went away in %s", name, k.Release, has, e.Since)
			}
		}
	}
}

// less compares series by their numbers.
func less(a, b string) bool {
	number := func(s string) int {
		major, minor, _ := strings.Cut(s, ".")
		x, _ := strconv.Atoi(major)
		y, _ := strconv.Atoi(minor)
		return 1000*x + y
	}
	return number(a) < number(b)
}

// newKernel makes headers that have the files.
func newKernel(t *testing.T, files map[string]string) api.Kernel {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		if err := os.MkdirAll(filepath.Join(dir, filepath.Dir(name)), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return api.Kernel{Headers: dir, Arch: "amd64"}
}

func TestOthers(t *testing.T) {
	list, err := List()
	if err != nil {
		t.Fatal(err)
	}
	old := newKernel(t, map[string]string{
		"scripts/Makefile.lib":         "ccflags-y  += $(EXTRA_CFLAGS)\n",
		"include/linux/device/class.h": "#define class_create(owner, name)\t\\\n",
	})
	recent := newKernel(t, nil)
	for name, tt := range map[string]struct {
		kernel  api.Kernel
		failure Failure
		want    []string
	}{
		"a header that EXTRA_CFLAGS led to": {recent, Failure{Messages: []string{"fatal error: drv.h: No such file or directory"}, Makefile: "EXTRA_CFLAGS += -I$(src)/include\n"}, []string{"EXTRA_CFLAGS"}},
		"a macro that EXTRA_CFLAGS made":    {recent, Failure{Messages: []string{"error: 'DRV_VERSION' undeclared (first use in this function)"}, Makefile: "override EXTRA_CFLAGS := -DDRV_VERSION=1\n"}, []string{"EXTRA_CFLAGS"}},
		"a kernel that heeds it":            {old, Failure{Messages: []string{"fatal error: drv.h: No such file or directory"}, Makefile: "EXTRA_CFLAGS += -Iinclude\n"}, nil},
		"another error":                     {recent, Failure{Messages: []string{"error: expected ';' before '}' token"}, Makefile: "EXTRA_CFLAGS += -Iinclude\n"}, nil},
		"a comment":                         {recent, Failure{Messages: []string{"fatal error: drv.h: No such file or directory"}, Makefile: "# EXTRA_CFLAGS is dead\nccflags-y += -Ix\n"}, nil},
		"class_create's owner":              {recent, Failure{Messages: []string{"error: too many arguments to function ‘class_create’"}}, []string{"class_create"}},
		"class_create's owner, gcc 15":      {recent, Failure{Messages: []string{"error: too many arguments to function 'class_create'; expected 1, have 2"}}, []string{"class_create"}},
		"class_create where it has two":     {old, Failure{Messages: []string{`error: macro "class_create" requires 2 arguments, but only 1 given`}}, nil},
		"a namespace that is no string":     {recent, Failure{Messages: []string{"error: expected ',' or ';' before 'DMA_BUF'"}, Output: "a.c:9:1: note: in expansion of macro ‘MODULE_IMPORT_NS’\n"}, []string{"MODULE_IMPORT_NS"}},
		"SUBDIRS":                           {recent, Failure{Output: "Makefile:142: 'SUBDIRS' was removed in Linux 5.3\n"}, []string{"SUBDIRS"}},
		"flags that are only to be read":    {recent, Failure{Messages: []string{"error: assignment of read-only member ‘vm_flags’"}}, []string{"vm_flags"}},
		"flags that are another structs":    {recent, Failure{Messages: []string{"error: assignment of read-only member ‘my_flags’"}}, nil},
		"a remove that returns something":   {recent, Failure{Messages: []string{"error: initialization of ‘void (*)(struct platform_device *)’ from incompatible pointer type ‘int (*)(struct platform_device *)’ [-Werror=incompatible-pointer-types]"}}, []string{"platform_driver.remove"}},
		"a header of the compiler's":        {recent, Failure{Messages: []string{"fatal error: stdarg.h: No such file or directory"}}, []string{"stdarg.h"}},
		"a name is not told of here":        {recent, Failure{Messages: []string{"error: implicit declaration of function ‘strlcpy’"}}, nil},
		"a kernel whose headers are gone":   {api.Kernel{Headers: "/no/such"}, Failure{Messages: []string{"error: too many arguments to function ‘class_create’"}}, nil},
		"nothing is known of that failure":  {recent, Failure{}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			var got []string
			for _, e := range Others(list, tt.kernel, tt.failure) {
				got = append(got, e.Names[0])
			}
			if d := cmp.Diff(tt.want, got); d != "" {
				t.Errorf("Others() (-want +got):\n%s", d)
			}
		})
	}
}

func TestNamed(t *testing.T) {
	list, err := List()
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{
		"del_timer_sync":   "since 6.15 it is timer_delete_sync() (commit 8fa7292fee5c)",
		"asm/unaligned.h":  "since 6.12 it is linux/unaligned.h (commit 5f60d5f6bbc1)",
		"get_random_int":   "since 6.1 it is get_random_u32() (commit de492c83cae0)",
		"EXTRA_CFLAGS":     "", // nobody misses it
		"MODULE_IMPORT_NS": "",
		"no_such":          "",
	} {
		got := ""
		if e, ok := Named(list, name); ok {
			got = e.Sentence()
		}
		if got != want {
			t.Errorf("Named(%s) = %q; want %q", name, got, want)
		}
	}
}

func TestParse(t *testing.T) {
	const good = "[[removed]]\nnames = [\"x\"]\nsince = \"6.1\"\ninstead = \"it is y\"\ncommit = \"0123\"\nsource = \"include/x.h\"\n"
	for name, tt := range map[string]struct{ text, want string }{
		"good":            {good, ""},
		"a key too many":  {good + "why = \"x\"\n", "unknown key removed.why"},
		"no commit":       {strings.Replace(good, "commit = \"0123\"\n", "", 1), "entry 1 ([x]) has no"},
		"no replacement":  {strings.Replace(good, "it is y", "", 1), "entry 1 ([x]) has no"},
		"no expression":   {good + "message = '('\n", "missing closing )"},
		"no TOML":         {"[[removed", "removed.toml"},
		"an empty string": {"", ""},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := parse(tt.text)
			if (err == nil) != (tt.want == "") || err != nil && !strings.Contains(err.Error(), tt.want) {
				t.Errorf("parse() = %v; want an error with %q", err, tt.want)
			}
		})
	}
}
