// SPDX-License-Identifier: GPL-2.0-only

package vm_test

import (
	"bufio"
	"os"
	"strings"
	"testing"

	"kmodlab/harness/vm"
)

// TestShell types what a person would type.
func TestShell(t *testing.T) {
	l := newLab(t, "")
	in, typed := pipe(t)
	shown, out := pipe(t)
	done := make(chan error, 1)
	go func() {
		done <- vm.Shell(t.Context(), l.machine, map[string][]byte{"modules/vmt.ko": l.module}, in, out)
		out.Close()
	}()
	var screen strings.Builder
	asked := 0
	commands := []string{"insmod vmt.ko lines=1\r", "lsmod\r", "exit\r"}
	for r := bufio.NewReader(shown); ; {
		c, err := r.ReadByte()
		if err != nil {
			break
		}
		screen.WriteByte(c)
		if strings.HasSuffix(screen.String(), "\n$ ") && asked < len(commands) {
			typed.WriteString(commands[asked])
			asked++
		}
	}
	if err := <-done; err != nil {
		t.Errorf("Shell = %v; want no error", err)
	}
	for _, want := range []string{"vmt: ok by insmod", "vmt: line 0", "Used by", "Power down"} {
		if !strings.Contains(screen.String(), want) {
			t.Errorf("the screen does not show %q; want it after %q\n%s", want, commands, screen.String())
		}
	}
}

func pipe(t *testing.T) (r, w *os.File) {
	t.Helper()
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { r.Close(); w.Close() })
	return r, w
}
