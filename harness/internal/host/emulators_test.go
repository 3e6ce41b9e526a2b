// SPDX-License-Identifier: GPL-2.0-only

package host

import (
	"os"
	"os/exec"
	"slices"
	"testing"
)

// An emulator is found by what it is asked for, whatever its program is called.
func TestEmulators(t *testing.T) {
	// The shell waits itself: one that has but a command to run becomes that command.
	start := func(argv ...string) int {
		cmd := exec.CommandContext(t.Context(), "sh", append([]string{"-c", "read _"}, argv...)...)
		in, err := cmd.StdinPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Skip(err)
		}
		t.Cleanup(func() { in.Close(); cmd.Wait() })
		return cmd.Process.Pid
	}
	vm, other := start("--argv0", "qemu-system-x86_64", "-machine", "pc"), start("cc1")
	found := Emulators(os.Getpid())
	if !slices.Contains(found, vm) || slices.Contains(found, other) {
		t.Errorf("Emulators(os.Getpid()) = %v; want %d in it, and %d not", found, vm, other)
	}
}
