// SPDX-License-Identifier: GPL-2.0-only

package splat

import (
	"os"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestEssence(t *testing.T) {
	text, err := os.ReadFile("testdata/splats/callback-oops-6.12.txt")
	if err != nil {
		t.Fatal(err)
	}
	splats := find(string(text))
	if len(splats) != 1 {
		t.Fatalf("%d splats; want 1", len(splats))
	}
	want := []string{
		"BUG: kernel NULL pointer dereference, address: 0000000000000000",
		"#PF: supervisor read access in kernel mode",
		"#PF: error_code(0x0000) - not-present page",
		"Oops: Oops: 0000 [#1] PREEMPT SMP NOPTI",
		"CPU: 0 UID: 0 PID: 122 Comm: busybox Tainted: G           OE      6.12.117+deb13-cloud-amd64 #1  Debian 6.12.117-1",
		"RIP: 0010:fault_callback+0x10/0xff0 [fault_callback_oops]",
		"Call Trace:",
	}
	got := splats[0].Essence()
	if len(got) < len(want) {
		t.Fatalf("Essence() = %q; want at least %d lines", got, len(want))
	}
	if diff := cmp.Diff(want, got[:len(want)]); diff != "" {
		t.Errorf("Essence(): (-want +got)\n%s", diff)
	}
	for _, line := range got[len(want):] {
		if _, ok := parseFrame(line); !ok {
			t.Errorf("Essence() has %q after \"Call Trace:\"; want frames alone", line)
		}
	}
	if len(got) == len(want) {
		t.Error("Essence() has no frame")
	}
}

// A lockup is told again and again while it lasts, and read once.
func TestEssenceOfALockup(t *testing.T) {
	again := []string{
		"watchdog: BUG: soft lockup - CPU#0 stuck for 22s! [insmod:88]",
		"CPU: 0 PID: 88 Comm: insmod Tainted: G OE 6.12.1 #1",
		"RIP: 0010:m_init+0x12/0x20 [m]",
		"Call Trace:",
		" do_one_initcall+0x40/0x200",
	}
	splats := In(slices.Repeat(again, 3))
	if len(splats) != 1 || splats[0].Last != 14 {
		t.Fatalf("In() = %s; want one report of all lines", describe(splats))
	}
	if got := splats[0].Essence(); len(got) != len(again) {
		t.Errorf("Essence() = %q; want the first report's %d lines", got, len(again))
	}
}

// Who finds out and reports is not who did it, and what is said twice is read once.
func TestEssenceOfCheckers(t *testing.T) {
	for name, want := range map[string][]string{
		"kasan-use-after-free.txt": {
			"BUG: KASAN: slab-use-after-free in fault_init+0x65/0xff0 [fault_uaf]",
			"Write of size 1 at addr ffff888004c30a08 by task insmod/94",
			"CPU: 0 UID: 0 PID: 94 Comm: insmod Tainted: G           OE       6.12.0 #1",
			"Call Trace:",
			"fault_init+0x65/0xff0 [fault_uaf]",
			"do_one_initcall+0x58/0x310",
			"do_init_module+0x60/0x230",
			"Allocated by task 94:",
			"fault_init+0x2c/0xff0 [fault_uaf]",
			"Freed by task 94:",
			"fault_init+0x4a/0xff0 [fault_uaf]",
			"The buggy address belongs to the object at ffff888004c30a00",
			"which belongs to the cache kmalloc-96 of size 96",
			"The buggy address is located 8 bytes inside of",
			"freed 96-byte region [ffff888004c30a00, ffff888004c30a60)",
		},
		"lockdep-circular.txt": {
			"WARNING: possible circular locking dependency detected",
			"insmod/94 is trying to acquire lock:",
			"ffffffffc0203060 ((one).rwsem){++++}-{3:3}, at: blocking_notifier_call_chain+0x29/0x60",
			"but task is already holding lock:",
			"ffffffffc02030c0 ((two).rwsem){++++}-{3:3}, at: blocking_notifier_call_chain+0x29/0x60",
			"which lock already depends on the new lock.",
			"the existing dependency chain (in reverse order) is:",
			"-> #1 ((two).rwsem){++++}-{3:3}:",
			"blocking_notifier_call_chain+0x29/0x60",
			"one_callback+0x1c/0xff0 [two_chains]",
			"-> #0 ((one).rwsem){++++}-{3:3}:",
			"blocking_notifier_call_chain+0x29/0x60",
			"two_callback+0x1c/0xff0 [two_chains]",
			"1 lock held by insmod/94:",
			"#0: ffffffffc02030c0 ((two).rwsem){++++}-{3:3}, at: blocking_notifier_call_chain+0x29/0x60",
		},
	} {
		t.Run(name, func(t *testing.T) {
			text, err := os.ReadFile("testdata/splats/" + name)
			if err != nil {
				t.Fatal(err)
			}
			splats := find(string(text))
			if len(splats) != 1 {
				t.Fatalf("%d splats; want 1", len(splats))
			}
			got := slices.DeleteFunc(splats[0].Essence(), func(line string) bool { return line == "" })
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("Essence(): (-want +got)\n%s", diff)
			}
		})
	}
}
