// SPDX-License-Identifier: GPL-2.0-only

package explain

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"
)

func read(t *testing.T, log string) Log {
	t.Helper()
	got, err := Read(strings.NewReader(log))
	if err != nil {
		t.Fatal(err)
	}
	return got
}

func TestRead(t *testing.T) {
	got := read(t, strings.Join([]string{
		"[    1.000000] Linux version 6.12.0",
		"login: BUG: unable to handle page fault for address: 1",
		"[    2.500000] BUG: kernel NULL pointer dereference, address: 0000000000000008",
		"[    2.500001] Oops: Oops: 0002 [#1] SMP",
		"[    2.500002] RIP: 0010:f+0x1/0x2 [m]",
		"[    2.500003] ---[ end trace 0000000000000000 ]---",
		"[    2.500004] Kernel panic - not syncing: Fatal exception",
	}, "\n"))
	want := Log{Lines: 6, Stamped: 6, Others: 1, Complaints: []Complaint{
		{Kind: "oops", Title: "NULL pointer dereference in f [m]", Whose: "the module m is on top of the call trace", Module: "m", Function: "f", First: 3, Last: 6, Times: 1, Seconds: 2.5,
			Essence: []string{"BUG: kernel NULL pointer dereference, address: 0000000000000008", "Oops: Oops: 0002 [#1] SMP", "RIP: 0010:f+0x1/0x2 [m]"}},
		{Kind: "panic", Title: "Kernel panic: Fatal exception", Whose: "it follows from the trouble before it", First: 7, Last: 7, Times: 1, Seconds: 2.500004, Follows: true,
			Essence: []string{"Kernel panic - not syncing: Fatal exception"}},
	}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("Read(): (-want +got)\n%s", diff)
	}
}

// A flood is one complaint, and who floods with different ones is cut short.
func TestReadFlood(t *testing.T) {
	var same, different strings.Builder
	for i := range most + 7 {
		fmt.Fprintf(&same, "[    1.000000] WARNING: CPU: 0 PID: %d at m.c:1 f+0x1/0x2 [m]\n[    1.000001] ---[ end trace 0000000000000000 ]---\n", i)
		fmt.Fprintf(&different, "[    1.000000] WARNING: CPU: 0 PID: 1 at m.c:1 f%d+0x1/0x2 [m]\n[    1.000001] ---[ end trace 0000000000000000 ]---\n", i)
	}
	if got := read(t, same.String()); len(got.Complaints) != 1 || got.Complaints[0].Times != most+7 || got.Complaints[0].First != 1 {
		t.Errorf("a flood of one: %d complaints, %+v; want one, %d times", len(got.Complaints), got.Complaints[0], most+7)
	}
	if got := read(t, different.String()); len(got.Complaints) != most || got.Dropped != 7 {
		t.Errorf("a flood of many: %d complaints, %d dropped; want %d and 7", len(got.Complaints), got.Dropped, most)
	}
}

// What a module says of itself is no complaint: machines live with it.
func TestReadTaints(t *testing.T) {
	got := read(t, "[    1.000000] a: module license 'NVIDIA' taints kernel.\n[    1.000001] b: module license 'NVIDIA' taints kernel.\n")
	if len(got.Complaints) > 0 || len(got.Taints) != 1 || got.Taints[0].Times != 2 || got.Taints[0].First != 1 {
		t.Errorf("Read() = %+v; want one taint, twice, and no complaint", got)
	}
}

func TestReadError(t *testing.T) {
	want := errors.New("the disk is broken")
	log := io.MultiReader(strings.NewReader("[    1.000000] BUG: unable to handle page fault for address: 1\n"), iotest.ErrReader(want))
	if got, err := Read(log); !errors.Is(err, want) || len(got.Complaints) != 1 {
		t.Errorf("Read() = %+v, %v; want what was read so far, and %v", got, err, want)
	}
}

// TestWhose holds the sentence for each case, on logs of real kernels.
func TestWhose(t *testing.T) {
	for name, want := range map[string]string{
		"oops-6.12":       "the module fault_oops is on top of the call trace",
		"srcu-7.3":        "no function of a module is on the call trace: the kernel's own, or what a module left behind",
		"late-server-7.3": "no function of a module is on the call trace: the kernel's own, or what a module left behind",
	} {
		text, err := os.ReadFile("../splat/testdata/splats/" + name + ".txt")
		if err != nil {
			t.Fatal(err)
		}
		if got := read(t, string(text)); len(got.Complaints) == 0 || got.Complaints[0].Whose != want {
			t.Errorf("%s: %+v; want %q", name, got.Complaints, want)
		}
	}
}
