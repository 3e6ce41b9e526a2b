// SPDX-License-Identifier: GPL-2.0-only

package host

import (
	"os"
	"os/exec"
	"slices"
	"testing"
	"time"
)

// An emulator is found by what it is asked for, whatever its program is called.
func TestEmulators(t *testing.T) {
	start := func(argv ...string) int {
		cmd := exec.CommandContext(t.Context(), "sh", append([]string{"-c", "sleep 100"}, argv...)...)
		if err := cmd.Start(); err != nil {
			t.Skip(err)
		}
		t.Cleanup(func() { cmd.Process.Kill(); cmd.Wait() })
		return cmd.Process.Pid
	}
	vm, other := start("--argv0", "qemu-system-x86_64", "-machine", "pc"), start("cc1")
	var found []int
	for range 100 { // until both have become what they are to be
		if found = Emulators(os.Getpid()); slices.Contains(found, vm) {
			break
		}
		time.Sleep(10 * time.Millisecond)
	}
	if !slices.Contains(found, vm) || slices.Contains(found, other) {
		t.Errorf("Emulators(os.Getpid()) = %v; want %d in it, and %d not", found, vm, other)
	}
}
