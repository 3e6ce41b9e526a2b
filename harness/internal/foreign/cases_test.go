// SPDX-License-Identifier: GPL-2.0-only

package foreign

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"kmodlab/harness/internal/kbuild"
	"kmodlab/internal/fault"
	"kmodlab/internal/kernel"
	"kmodlab/internal/ko"
	"kmodlab/internal/ko/kotest"
)

// built makes modules: name to "depends | symbols".
func built(t *testing.T, modules map[string]string) *kbuild.Modules {
	t.Helper()
	m := &kbuild.Modules{Dir: t.TempDir(), Files: map[string]string{}, Broken: map[string]*kbuild.Error{}}
	for name, text := range modules {
		depends, symbols, _ := strings.Cut(text, "|")
		m.Files[name] = filepath.Join(m.Dir, name+".ko")
		image := kotest.Module(t, []string{"depends=" + strings.TrimSpace(depends), "vermagic=6.12.1 SMP "}, strings.Fields(symbols)...)
		if err := os.WriteFile(m.Files[name], image, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return m
}

func TestCases(t *testing.T) {
	const exit = "| +cleanup_module"
	own := filepath.Dir(newFolder(t, map[string]string{"kernel/usbcore.ko": string(kotest.Module(t, []string{"depends=usb_common"})), "kernel/usb-common.ko": string(kotest.Module(t, nil))}))
	k := &kernel.Kernel{Release: "6.12.1", Modules: own}
	m := built(t, map[string]string{"driver": "usbcore,lib " + exit, "lib": exit, "stays": "", "wifi": "cfg80211 " + exit, "unit": exit + " @.kunit_test_suites"})
	m.Broken["broken"] = &kbuild.Error{}
	f := &Folder{Dir: "/src/hello", Name: "hello"}
	out := t.TempDir()
	cases, err := f.Cases(t.Context(), out, k, m, Params{"driver": "a=1 b=two"})
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]string{}
	for _, c := range cases {
		got[c.ID()] = ""
		if c.Script != "" {
			text, err := c.ReadScript()
			if err != nil {
				t.Fatal(err)
			}
			_, rest, _ := strings.Cut(text, "\n")
			got[c.ID()] = strings.ReplaceAll(strings.Join(strings.Fields(rest), " "), " dmesg *", "")
		}
	}
	want := map[string]string{
		"hello/driver": "# the kernel's own insmod usb_common # the kernel's own insmod usbcore remember insmod lib insmod driver 'a=1' 'b=two' run sleep 1 rmmod driver rmmod lib nothing-left " +
			"# Once more, and out again at once. insmod lib insmod driver 'a=1' 'b=two' rmmod driver rmmod lib # What fires late finds no module any more. run sleep 3 nothing-left",
		"hello/stays": "insmod stays run sleep 1 # stays has no exit function: it stays, and with it what it needs.",
		"hello/wifi": "requires module:cfg80211 remember insmod wifi run sleep 1 rmmod wifi nothing-left " +
			"# Once more, and out again at once. insmod wifi rmmod wifi # What fires late finds no module any more. run sleep 3 nothing-left",
		"hello/unit": "requires config:KUNIT remember insmod unit run sleep 1 rmmod unit nothing-left " +
			"# Once more, and out again at once. insmod unit rmmod unit # What fires late finds no module any more. run sleep 3 nothing-left",
		"hello/broken": "",
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("scripts (-want +got):\n%s", d)
	}
	if _, err := os.Stat(filepath.Join(out, "hello/driver.txtar")); err != nil {
		t.Errorf("the script is not where one finds it: %v", err)
	}
}

// The kernel's own modules are fetched when a module needs one, or when the project
// says so, and else not.
func TestCasesFetch(t *testing.T) {
	own := filepath.Dir(newFolder(t, map[string]string{"kernel/usbcore.ko": string(kotest.Module(t, nil)), "kernel/dummy.ko": string(kotest.Module(t, nil))}))
	lists := filepath.Dir(newFolder(t, map[string]string{"modules.order": "kernel/usbcore.ko\nkernel/dummy.ko\n"}))
	for name, tt := range map[string]struct {
		depends string
		first   []string
		asked   []string
		script  string
	}{
		"needs none":           {"", nil, nil, "remember"},
		"needs one":            {"usbcore", nil, []string{"usbcore"}, "# the kernel's own insmod usbcore remember"},
		"the project says so":  {"", []string{"dummy"}, []string{"dummy"}, "# the kernel's own insmod dummy remember"},
		"one that there isn't": {"nosuch", nil, []string{"nosuch"}, "requires module:nosuch remember"},
	} {
		t.Run(name, func(t *testing.T) {
			var asked []string
			k := &kernel.Kernel{Modules: lists, FetchModules: func(_ context.Context, names ...string) (map[string]string, error) {
				asked = append(asked, names...)
				return ko.Find(own)
			}}
			f := &Folder{Dir: "/src/hello", Name: "hello", First: tt.first}
			cases, err := f.Cases(t.Context(), t.TempDir(), k, built(t, map[string]string{"driver": tt.depends + " | +cleanup_module"}), nil)
			if err != nil || len(cases) != 1 {
				t.Fatalf("Cases() = %v, %v; want one", cases, err)
			}
			if d := cmp.Diff(tt.asked, asked); d != "" {
				t.Errorf("asked for (-want +got):\n%s", d)
			}
			text, err := cases[0].ReadScript()
			if script := strings.ReplaceAll(strings.Join(strings.Fields(text), " "), " dmesg *", ""); err != nil || !strings.Contains(script, "again. "+tt.script+" insmod driver") {
				t.Errorf("the script is %q, %v; want %q before the module", script, err, tt.script)
			}
		})
	}
	broken := &kernel.Kernel{FetchModules: func(context.Context, ...string) (map[string]string, error) {
		return nil, &fault.Error{Owner: fault.Archive, What: "gone"}
	}}
	f := &Folder{Dir: "/src/hello", Name: "hello", First: []string{"dummy"}}
	if _, err := f.Cases(t.Context(), t.TempDir(), broken, built(t, map[string]string{"driver": ""}), nil); fault.Of(err) != fault.Archive {
		t.Errorf("Cases() where the archive has them not = %v; want its fault", err)
	}
}

// Modules of the kernel itself are called as people call them, and take parameters.
func TestCasesFirst(t *testing.T) {
	own := filepath.Dir(newFolder(t, map[string]string{"kernel/i2c-stub.ko": string(kotest.Module(t, nil))}))
	f := &Folder{Dir: "/src/hello", Name: "hello", First: []string{"i2c-stub"}}
	cases, err := f.Cases(t.Context(), t.TempDir(), &kernel.Kernel{Release: "6.12.1", Modules: own}, built(t, map[string]string{"chip": ""}), Params{"i2c_stub": "chip_addr=0x48"})
	if err != nil {
		t.Fatal(err)
	}
	if text, err := cases[0].ReadScript(); err != nil || !strings.Contains(text, "\n# the kernel's own\ninsmod i2c_stub 'chip_addr=0x48'\ndmesg *\n\ninsmod chip\n") {
		t.Errorf("the script is\n%s\n%v; want one that inserts i2c_stub with its parameter first", text, err)
	}
}

func TestCasesRefuse(t *testing.T) {
	f := &Folder{Dir: "/src/hello", Name: "hello"}
	_, err := f.Cases(t.Context(), t.TempDir(), &kernel.Kernel{}, built(t, map[string]string{"a": "b", "b": "a"}), nil)
	if fault.Of(err) != fault.Module || !strings.Contains(err.Error(), "a -> b -> a") {
		t.Errorf("Cases(circle) = %v; want the circle", err)
	}
	_, err = f.Cases(t.Context(), t.TempDir(), &kernel.Kernel{}, built(t, map[string]string{"a": ""}), Params{"x": "y=1"})
	if fault.Exit(err) != fault.ExitUsage {
		t.Errorf("Cases(parameters of another) = %v; want wrong usage", err)
	}
}

func TestScripts(t *testing.T) {
	dir := newFolder(t, map[string]string{"Makefile": "obj-m := a.o\n", "load.txtar": "# load\ninsmod a\ndmesg\n", "sub/other.txtar": "exec rm\n"})
	f, err := Read(dir, "")
	if err != nil {
		t.Fatal(err)
	}
	cases, err := f.Scripts()
	if err != nil || len(cases) != 1 || cases[0].ID() != "hello/load" {
		t.Errorf("Scripts() = %v, %v; want hello/load alone", cases, err)
	}
	if err := os.WriteFile(filepath.Join(dir, "bad.txtar"), []byte("exec rm -rf /\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := f.Scripts(); err == nil || !strings.Contains(err.Error(), "bad.txtar:1") {
		t.Errorf("Scripts() with one that runs programs here = %v; want an error that names it", err)
	}
}
