// SPDX-License-Identifier: GPL-2.0-only

package splat

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestFoldTraces(t *testing.T) {
	got := foldTraces([]string{
		"init_value: init returns 1",
		"do_init_module: loading module anyway...",
		"CPU: 0 UID: 0 PID: 118 Comm: agent Tainted: G           OE       6.12.118+deb13-cloud-amd64 #1  Debian 6.12.118-1",
		"Tainted: [O]=OOT_MODULE, [E]=UNSIGNED_MODULE",
		"Hardware name: QEMU Standard PC (i440FX + PIIX, 1996), BIOS 1.16.2-debian-1.16.2-1 04/01/2014",
		"Call Trace:",
		" <TASK>",
		" dump_stack_lvl+0x64/0x80",
		" ? do_init_module+0x22e/0x240",
		" entry_SYSCALL_64_after_hwframe+0x76/0x7e",
		"RIP: 0033:0x40a1ce",
		"Code: 24 28 44 8b 44 24 2c e9",
		"RSP: 002b:000000c00004ddb8 EFLAGS: 00000202 ORIG_RAX: 00000000000000af",
		"RAX: ffffffffffffffda RBX: 000000c000100000 RCX: 000000000040a1ce",
		"R13: 0000000000000000 R14: 000000c0000061c0 R15: 0000000000000001",
		" </TASK>",
		"init_value: exit",
	})
	want := []string{"init_value: init returns 1", "do_init_module: loading module anyway...", foldedTrace, "init_value: exit"}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("foldTraces() (-want +got):\n%s", d)
	}
}

func TestFoldTracesKeepsTheRest(t *testing.T) {
	lines := []string{" <TASK>", "RIP: is a word", "CPU: of the guest", " x+0x1/0x2"}
	if d := cmp.Diff(lines, foldTraces(lines)); d != "" {
		t.Errorf("lines outside of a stack dump changed (-want +got):\n%s", d)
	}
}
