// SPDX-License-Identifier: GPL-2.0-only

package gdb

import (
	"debug/elf"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "rewrite the golden files")

const kallsyms = `0000000000000000 A fixed_percpu_data
0000000000001000 A cpu_debug_store
ffffffff81000000 T _text
ffffffff81000110 t do_init_module
ffffffff82000000 D init_task
ffffffff82000100 b counter
ffffffff81000200 W weak_one
ffffffffc0201000 t order_exit	[order]
`

func TestWriteSymbols(t *testing.T) {
	path := filepath.Join(t.TempDir(), "symbols.elf")
	if err := WriteSymbols(path, []byte(kallsyms)); err != nil {
		t.Fatalf("WriteSymbols() = %v; want no error", err)
	}
	f, err := elf.Open(path)
	if err != nil {
		t.Fatalf("elf.Open() = %v; want a file that can be read", err)
	}
	defer f.Close()
	symbols, err := f.Symbols()
	if err != nil {
		t.Fatalf("Symbols() = %v; want no error", err)
	}
	type entry struct {
		Name, Section string
		Address       uint64
		Kind          elf.SymType
	}
	var got []entry
	for _, s := range symbols {
		section := f.Sections[s.Section]
		got = append(got, entry{s.Name, section.Name, s.Value, elf.ST_TYPE(s.Info)})
		if s.Value < section.Addr || s.Value >= section.Addr+section.Size {
			t.Errorf("%s at %#x is outside of its section, %#x and %#x bytes", s.Name, s.Value, section.Addr, section.Size)
		}
	}
	want := []entry{
		{"_text", ".text", 0xffffffff81000000, elf.STT_FUNC},
		{"do_init_module", ".text", 0xffffffff81000110, elf.STT_FUNC},
		{"init_task", ".data", 0xffffffff82000000, elf.STT_OBJECT},
		{"counter", ".data", 0xffffffff82000100, elf.STT_OBJECT},
		{"weak_one", ".text", 0xffffffff81000200, elf.STT_FUNC},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("symbols (-want +got):\n%s", diff)
	}
}

func TestParseKallsymsRefuses(t *testing.T) {
	for name, text := range map[string]string{
		"nothing":          "",
		"hidden addresses": "0000000000000000 T _text\n",
		"a cut line":       "ffffffff81000000 T _text\nffffffff8100\n",
		"no number":        "address T _text\n",
	} {
		if symbols, err := parseKallsyms([]byte(text)); err == nil {
			t.Errorf("%s: parseKallsyms() = %v; want an error", name, symbols)
		}
	}
}

func FuzzParseKallsyms(f *testing.F) {
	f.Add([]byte(kallsyms))
	f.Fuzz(func(t *testing.T, text []byte) {
		symbols, err := parseKallsyms(text)
		if err != nil {
			return
		}
		path := filepath.Join(t.TempDir(), "symbols.elf")
		if err := os.WriteFile(path, symbolFile(symbols), 0o644); err != nil {
			t.Fatal(err)
		}
		file, err := elf.Open(path)
		if err != nil {
			t.Fatalf("elf.Open() of the symbols of %q = %v", text, err)
		}
		defer file.Close()
		if got, err := file.Symbols(); err != nil || len(got) != len(symbols) {
			t.Errorf("the file has %d symbols, %v; want %d", len(got), err, len(symbols))
		}
	})
}

func TestScript(t *testing.T) {
	m := Module{Name: "order", Debug: "/tmp/order.ko", Source: "/stage/order", Built: "/kmod/order",
		places:  []place{{".text", 3, 0}, {".init.text", 40, 0x10}},
		offsets: offsets{name: 24, init: 312, kallsyms: 840, symtab: 0}}
	for name, s := range map[string]Session{
		"person": {Socket: "/tmp/gdb", Symbols: "/symbols.elf", Module: m},
		"batch":  {Socket: "/tmp/gdb", Symbols: "/symbols.elf", Module: m, Batch: true, Plain: true},
	} {
		golden := filepath.Join("testdata", name+".gdb")
		got := s.script()
		if *update {
			if err := os.WriteFile(golden, []byte(got), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(golden)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(strings.Split(string(want), "\n"), strings.Split(got, "\n")); diff != "" {
			t.Errorf("%s: Script() (-want +got):\n%s", name, diff)
		}
	}
}

func TestUnplaceRefuses(t *testing.T) {
	for _, text := range []string{"", "no object", "\x7fELF" + strings.Repeat("\xff", 100)} {
		if err := unplace([]byte(text)); err == nil {
			t.Errorf("unplace(%.12q) = nil; want an error", text)
		}
	}
}
