// SPDX-License-Identifier: GPL-2.0-only

package ko

import (
	"bytes"
	"compress/gzip"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/klauspost/compress/zstd"
	"github.com/ulikunitz/xz"

	"kmodlab/internal/ko/kotest"
)

func TestParse(t *testing.T) {
	image := kotest.Module(t, []string{"license=GPL", "depends=b-c,d", "parmtype=count:int", "parm=count:how many", "parmtype=name:charp", "alias=pci:v00001234d*", "alias=usb:v0627p*", "vermagic=6.12.1 SMP mod_unload "},
		"-printk", "-a", "+__ksymtab_offer", "+offer", "+init_module", "+cleanup_module", "@.kunit_test_suites")
	got, err := Parse("m", image)
	want := &Module{Name: "m", Depends: []string{"b_c", "d"}, Imports: []string{"a", "printk"}, Exports: []string{"offer"},
		Params: []string{"count", "name"}, Aliases: []string{"pci:v00001234d*", "usb:v0627p*"}, Vermagic: "6.12.1 SMP mod_unload ", HasExit: true, KUnit: true}
	if d := cmp.Diff(want, got); err != nil || d != "" {
		t.Errorf("Parse() = %v, (-want +got):\n%s", err, d)
	}
	if got.Release() != "6.12.1" {
		t.Errorf("Release() = %q; want 6.12.1", got.Release())
	}
	stays, err := Parse("m", kotest.Module(t, []string{"license=GPL"}, "+init_module"))
	if err != nil || stays.HasExit || stays.KUnit || stays.Depends != nil {
		t.Errorf("Parse() = %+v, %v; want a module without exit and tests that depends on nothing", stays, err)
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte("\x7fELF"))
	if image, err := os.ReadFile(os.Args[0]); err == nil {
		f.Add(image[:min(len(image), 4096)])
	}
	f.Fuzz(func(t *testing.T, image []byte) {
		if m, err := Parse("m", image); (m == nil) == (err == nil) {
			t.Errorf("Parse() = %v, %v; want one of both", m, err)
		}
	})
}

func TestRead(t *testing.T) {
	content := []byte(strings.Repeat("a module ", 100))
	packers := map[string]func(w io.Writer) (io.WriteCloser, error){
		".ko.gz":  func(w io.Writer) (io.WriteCloser, error) { return gzip.NewWriter(w), nil },
		".ko.xz":  func(w io.Writer) (io.WriteCloser, error) { return xz.NewWriter(w) },
		".ko.zst": func(w io.Writer) (io.WriteCloser, error) { return zstd.NewWriter(w) },
	}
	dir := t.TempDir()
	for ext, pack := range packers {
		var b bytes.Buffer
		w, err := pack(&b)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write(content); err != nil {
			t.Fatal(err)
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		file := filepath.Join(dir, "a-b"+ext)
		write(t, file, b.Bytes())
		if got, err := Read(file); err != nil || !bytes.Equal(got, content) {
			t.Errorf("Read(%s) = %d bytes, %v; want what was packed", ext, len(got), err)
		}
		write(t, file, content)
		if _, err := Read(file); err == nil {
			t.Errorf("Read(%s) of what is not packed succeeds; want an error", ext)
		}
	}
}

func write(t *testing.T, file string, content []byte) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, content, 0o644); err != nil {
		t.Fatal(err)
	}
}

// set makes a Set of lines "name: depends | exports | imports".
func set(lines ...string) Set {
	s := Set{}
	for _, line := range lines {
		name, rest, _ := strings.Cut(line, ":")
		parts := append(strings.Split(rest, "|"), "", "", "")
		s[name] = &Module{Name: name, Depends: strings.Fields(parts[0]), Exports: strings.Fields(parts[1]), Imports: strings.Fields(parts[2])}
	}
	return s
}

func TestOrder(t *testing.T) {
	for name, tt := range map[string]struct {
		set    Set
		want   []string
		err    string
		groups int
	}{
		"alone":              {set("b:", "a:"), []string{"a", "b"}, "", 2},
		"by depends":         {set("a: b", "b: c", "c:"), []string{"c", "b", "a"}, "", 1},
		"by symbols":         {set("a:||x", "b:|x"), []string{"b", "a"}, "", 1},
		"its own symbol":     {set("a:|x|x"), []string{"a"}, "", 1},
		"needs an outsider":  {set("a: cfg80211", "b:"), []string{"a", "b"}, "", 2},
		"two on one":         {set("a: z", "b: z", "z:", "c:"), []string{"z", "a", "b", "c"}, "", 2},
		"circle of two":      {set("a: b", "b: a"), nil, "a -> b -> a", 1},
		"circle behind one":  {set("a: b", "b: c", "c: b"), nil, "b -> c -> b", 1},
		"circle of symbols":  {set("a:|x|y", "b:|y|x"), nil, "a -> b -> a", 1},
		"nothing at all":     {set(), nil, "", 0},
		"outsider's circle ": {set("a: b x", "b: x"), []string{"b", "a"}, "", 1},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := tt.set.Order()
			if tt.err != "" {
				if err == nil || !strings.Contains(err.Error(), tt.err) {
					t.Errorf("Order() = %v, %v; want an error with %q", got, err, tt.err)
				}
			} else if d := cmp.Diff(tt.want, got); err != nil || d != "" {
				t.Errorf("Order() = %v, (-want +got):\n%s", err, d)
			}
			if groups := tt.set.Groups(); len(groups) != tt.groups {
				t.Errorf("Groups() = %v; want %d of them", groups, tt.groups)
			}
		})
	}
}

func TestOutside(t *testing.T) {
	got := set("a: b cfg80211", "b: usbcore cfg80211").Outside()
	if d := cmp.Diff([]string{"cfg80211", "usbcore"}, got); d != "" {
		t.Errorf("Outside() (-want +got):\n%s", d)
	}
}

func TestClosure(t *testing.T) {
	dir := t.TempDir()
	write(t, filepath.Join(dir, "kernel/net/a-1.ko"), kotest.Module(t, []string{"depends=c,b"}))
	write(t, filepath.Join(dir, "kernel/b.ko"), kotest.Module(t, []string{"depends="}))
	write(t, filepath.Join(dir, "kernel/c.ko"), kotest.Module(t, []string{"depends=b"}))
	write(t, filepath.Join(dir, "kernel/d.ko"), kotest.Module(t, []string{"depends=gone"}))
	write(t, filepath.Join(dir, "kernel/.a.ko.cmd"), nil)
	files, err := Find(dir)
	if err != nil {
		t.Fatal(err)
	}
	all, err := Closure(files, "a_1", "b")
	var names []string
	for _, m := range all {
		names = append(names, m.Name)
	}
	if d := cmp.Diff([]string{"b", "c", "a_1"}, names); err != nil || d != "" {
		t.Errorf("Closure() = %v, (-want +got):\n%s", err, d)
	}
	var missing *MissingError
	if _, err := Closure(files, "d"); !errors.As(err, &missing) || missing.Name != "gone" {
		t.Errorf("Closure(d) = %v; want that gone is missing", err)
	}
	if files, err := Find(filepath.Join(dir, "nowhere")); err != nil || len(files) != 0 {
		t.Errorf("Find(nowhere) = %v, %v; want none", files, err)
	}
}
