// SPDX-License-Identifier: GPL-2.0-only

package debuginfo

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// compile compiles testdata/module.c with more flags, or skips the test where
// there is no compiler.
func compile(t *testing.T, flags ...string) string {
	t.Helper()
	cc, err := exec.LookPath("gcc")
	if err != nil {
		t.Skipf("no compiler: %v", err)
	}
	object := filepath.Join(t.TempDir(), "module.ko")
	args := append([]string{"-c", "-O1", "-fcf-protection=none", "-o", object, "testdata/module.c"}, flags...)
	if output, err := exec.Command(cc, args...).CombinedOutput(); err != nil {
		t.Fatalf("%s %s: %v\n%s", cc, strings.Join(args, " "), err, output)
	}
	return object
}

// Both sections of code begin at 0; the same offset in each is another line.
func TestFind(t *testing.T) {
	for _, format := range []string{"-gdwarf-4", "-gdwarf-5"} {
		for _, compression := range []string{"-gz=none", "-gz=zlib"} {
			t.Run(format+compression, func(t *testing.T) {
				m, err := read(compile(t, "-g", format, compression))
				if err != nil {
					t.Fatalf("read() = %v; want no error", err)
				}
				for function, want := range map[string]int{"in_text": 11, "in_init": 17} {
					line := 0
					for offset := uint64(0); offset < 8 && line != want; offset++ { // the nop, after what the function begins with
						var file string
						file, line, _ = m.find(function, offset)
						if filepath.Base(file) != "module.c" {
							t.Fatalf("Find(%s, %d) is in %q; want module.c", function, offset, file)
						}
					}
					if line != want {
						t.Errorf("Find(%s, ...) never is line %d", function, want)
					}
				}
				for function, offset := range map[string]uint64{"nowhere": 0, "in_text": 1 << 20, "in_init": 1 << 20} {
					if file, line, ok := m.find(function, offset); ok {
						t.Errorf("Find(%s, %#x) = %s:%d; want none", function, offset, file, line)
					}
				}
			})
		}
	}
}

func TestReadNothing(t *testing.T) {
	text := filepath.Join(t.TempDir(), "text.ko")
	if err := os.WriteFile(text, []byte("no ELF file"), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, path := range map[string]string{
		"no debug information": compile(t, "-g0"),
		"no ELF file":          text,
		"no module":            "/proc/self/exe",
		"no file":              filepath.Join(t.TempDir(), "none.ko"),
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := read(path); err == nil || !strings.Contains(err.Error(), path) {
				t.Errorf("read(%s) = %v; want an error that names it", path, err)
			}
		})
	}
}

func TestAnnotate(t *testing.T) {
	object := compile(t, "-g")
	s := Source{
		Path: func(module string) string {
			if module == "module" {
				return object
			}
			return ""
		},
		Show: func(file string, line int) (string, string) {
			text, err := os.ReadFile(filepath.Join("testdata", filepath.Base(file)))
			if err != nil {
				t.Fatal(err)
			}
			return filepath.Base(file), strings.Split(string(text), "\n")[line-1]
		},
	}
	m, err := read(object)
	if err != nil {
		t.Fatal(err)
	}
	happened := fmt.Sprintf("RIP: 0010:in_text+%#x/0x10 [module]", first(t, m, "in_text", 11))
	// What a trace names is the address behind a call, where line 19 begins.
	called := fmt.Sprintf(" in_init+%#x/0xff0 [module 0123abcd]", first(t, m, "in_init", 19))
	warning := strings.Replace(happened, "RIP: 0010:", "WARNING: CPU: 0 PID: 130 at module.c:11 ", 1)
	got := s.Annotate([]string{"BUG: address: 0000000000000000", happened, warning, called, "[<0>]" + called, " other+0x3/0x10 [other]", " do_one_initcall+0x3/0x10"})
	want := []string{
		"BUG: address: 0000000000000000",
		happened,
		"  module.c:11: asm volatile(\"nop\");		/* line 11 */",
		warning,
		"  module.c:11: asm volatile(\"nop\");		/* line 11 */",
		called,
		"  module.c:18: in_text(where);			/* line 18 */",
		"[<0>]" + called,
		"  module.c:18: in_text(where);			/* line 18 */",
		" other+0x3/0x10 [other]",
		" do_one_initcall+0x3/0x10",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("Annotate(): (-want +got)\n%s", diff)
	}
}

// first returns the first offset into function that stands for line.
func first(t *testing.T, m *module, function string, line int) uint64 {
	t.Helper()
	for offset := range uint64(32) {
		if _, found, ok := m.find(function, offset); ok && found == line {
			return offset
		}
	}
	t.Fatalf("%s has no line %d", function, line)
	return 0
}
