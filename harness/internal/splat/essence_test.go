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
