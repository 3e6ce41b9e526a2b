// SPDX-License-Identifier: GPL-2.0-only

package splat

import "testing"

func TestParseFrame(t *testing.T) {
	for name, tt := range map[string]struct {
		line string
		want frame
	}{
		"x86":                          {"fault_init+0x10/0xff0 [fault_oops]", frame{function: "fault_init", module: "fault_oops"}},
		"indented":                     {" do_one_initcall+0x56/0x220", frame{function: "do_one_initcall"}},
		"a guess":                      {" ? path_openat+0xa7d/0x1260", frame{function: "path_openat", guess: true}},
		"the program counter":          {"RIP: 0010:f+0x1/0x2 [m]", frame{function: "f", module: "m", here: true}},
		"with a build ID":              {"f+0x1/0x2 [m 0123456789abcdef]", frame{function: "f", module: "m"}},
		"with a line":                  {" f+0x1/0x2 kernel/fork.c:12", frame{function: "f"}},
		"optimised":                    {" f.constprop.0.isra.1+0x1/0x2", frame{function: "f"}},
		"with its address":             {" [<ffffffff8239ffe0>] f+0xb3/0x113", frame{function: "f"}},
		"with its address, a guess":    {" [<ffffffff8239ffe0>] ? f+0xb3/0x113", frame{function: "f", guess: true}},
		"x86 before 4.10":              {"RIP: 0010:[<ffffffff81234567>]  [<ffffffff81234567>] f+0x1/0x2", frame{function: "f", here: true}},
		"x86 before 4.10, at the end":  {"RIP  [<ffffffff81234567>] f+0x1/0x2", frame{function: "f", here: true}},
		"i386":                         {"EIP: f+0x1/0x2", frame{function: "f", here: true}},
		"arm64":                        {"pc : f+0x1/0x2 [m]", frame{function: "f", module: "m", here: true}},
		"arm":                          {"PC is at f+0x1/0x2", frame{function: "f", here: true}},
		"arm, called":                  {" unwind_backtrace from show_stack+0x18/0x1c", frame{function: "show_stack"}},
		"arm, called, with addresses":  {"[<c010d8a0>] (unwind_backtrace) from [<c0109f54>] (show_stack+0x10/0x14)", frame{function: "show_stack"}},
		"arm, called, with the module": {" a [m] from b+0x1/0x2 [m]", frame{}},
		"RISC-V":                       {"epc : f+0x1/0x2", frame{function: "f", here: true}},
		"RISC-V, a frame":              {"[<ffffffff80005a2e>] f+0x12/0x34", frame{function: "f"}},
		"s390":                         {"Krnl PSW : 0704c00180000000 00000000001234567 (f+0x1/0x2)", frame{}},
		"s390, the program counter":    {"Krnl PSW : 0704c00180000000 000000000012345a (f+0x1/0x2)", frame{function: "f", here: true}},
		"s390, a frame":                {" [<000000000012345a>] f+0x1/0x2 ", frame{function: "f"}},
		"s390, the last break":         {"([<000000000012345a>] f+0x1/0x2)", frame{function: "f"}},
		"powerpc":                      {"NIP [c000000000012345] f+0x1/0x2", frame{function: "f", here: true}},
		"powerpc, a frame":             {"[c000000012345678] [c000000000012345] f+0x1/0x2 (unreliable)", frame{function: "f"}},
		"powerpc, the return address":  {"LR [c000000000012345] f+0x1/0x2", frame{}},
		"arm64, the return address":    {"lr : f+0x1/0x2", frame{}},
		"a sentence":                   {"m: called from f+0x1/0x2", frame{}},
		"no size":                      {"f+0x12", frame{}},
		"no name":                      {"+0x1/0x2", frame{}},
		"a number":                     {"12+0x1/0x2", frame{}},
	} {
		t.Run(name, func(t *testing.T) {
			got, ok := parseFrame(tt.line)
			if ok != (tt.want != frame{}) || ok && got != tt.want {
				t.Errorf("parseFrame(%q) = %+v, %t; want %+v", tt.line, got, ok, tt.want)
			}
		})
	}
}
