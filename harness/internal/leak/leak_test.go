// SPDX-License-Identifier: GPL-2.0-only

package leak

import (
	"debug/elf"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestNamed(t *testing.T) {
	all := []place{{0x2b, "leaky_init+0x2b/0x1000 [leaky]"}, {0x50, "one+0x1/0x2 [a]"}, {0x50, "two+0x1/0x2 [b]"}}
	for name, tt := range map[string]struct{ line, want string }{
		"of 6.12":                 {"    0xffffffffa000202b", "    leaky_init+0x2b/0x1000 [leaky]"},
		"of 6.1, behind a hash":   {"    [<00000000d9b0c5a1>] 0xffffffffa000202b", "    [<00000000d9b0c5a1>] leaky_init+0x2b/0x1000 [leaky]"},
		"the same name elsewhere": {"    do_one_initcall+0x2b/0x90", "    do_one_initcall+0x2b/0x90"},
		"no call returns there":   {"    0xffffffffa000202c", "    0xffffffffa000202c"},
		"two could be meant":      {"    0xffffffffa0001050", "    0xffffffffa0001050"},
		"bytes of the object":     {"    00 01 ff ff ff ff ff ff  2b 20 00 a0 ff ff ff ff  ........", "    00 01 ff ff ff ff ff ff  2b 20 00 a0 ff ff ff ff  ........"},
		"an object":               {"unreferenced object 0xffff88800602b02b (size 64):", "unreferenced object 0xffff88800602b02b (size 64):"},
	} {
		t.Run(name, func(t *testing.T) {
			if got := named("a\n"+tt.line+"\nb", all); got != "a\n"+tt.want+"\nb" {
				t.Errorf("named() = %q; want the line %q", got, tt.want)
			}
		})
	}
}

func TestLayout(t *testing.T) {
	section := func(name string, flags elf.SectionFlag, align, size uint64) *elf.Section {
		return &elf.Section{SectionHeader: elf.SectionHeader{Name: name, Flags: flags, Addralign: align, Size: size}}
	}
	const code = elf.SHF_ALLOC | elf.SHF_EXECINSTR
	file := &elf.File{Sections: []*elf.Section{
		section("", 0, 0, 0), section(".text", code, 16, 0x33), section(".init.text", code, 16, 0x111), section(".data", elf.SHF_ALLOC|elf.SHF_WRITE, 32, 0x40),
		section(".exit.text", code, 16, 0x21), section(".init.text.x", code, 1, 0x10),
	}}
	want := map[int]uint64{1: 0, 2: 0, 4: 0x40, 5: 0x111}
	if diff := cmp.Diff(want, layout(file)); diff != "" {
		t.Errorf("layout() (-want +got)\n%s", diff)
	}
}

func TestReturns(t *testing.T) {
	code := []byte{0x90, 0x90, 0xe8, 1, 2, 3, 4, 0x90, 0xe8, 1, 2, 3, 4, 0xc3, 0xe8, 1, 2, 3, 4}
	function := elf.Symbol{Value: 1, Size: 13} // the first byte and the last call are others'
	if diff := cmp.Diff([]uint64{6, 12}, returns(code, function)); diff != "" {
		t.Errorf("returns() (-want +got)\n%s", diff)
	}
	function.Size = 100 // more than there is
	if diff := cmp.Diff([]uint64{6, 12, 18}, returns(code, function)); diff != "" {
		t.Errorf("returns() beyond the code (-want +got)\n%s", diff)
	}
}
