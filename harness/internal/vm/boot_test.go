// SPDX-License-Identifier: GPL-2.0-only

package vm_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"kmodlab/harness/internal/emulator/emulatortest"
	"kmodlab/harness/internal/vm"
	"kmodlab/internal/fault"
	"kmodlab/internal/kernel"
)

func TestBoot(t *testing.T) {
	l := newLab(t, "")
	v, err := vm.Boot(logged(t), l.machine)
	if err != nil {
		t.Fatalf("Boot = %v; want no error", err)
	}
	if v.Hello.Release != l.kernel.Release || v.Hello.CPUs != 1 {
		t.Errorf("the agent says it runs %q on %d CPUs; want %q on 1", v.Hello.Release, v.Hello.CPUs, l.kernel.Release)
	}
	fate := v.Close()
	if fate.How != vm.Closed || fate.Lost != 0 || len(fate.Records) == 0 {
		t.Errorf("Close() = %s, %d records, %d lost; want it closed, with its log whole", fate.How, len(fate.Records), fate.Lost)
	}
}

// TestBootFails checks that each way not to come up is one error that names
// its owner and shows what there is to see.
func TestBootFails(t *testing.T) {
	qemu := emulatortest.QEMU(t)
	text := filepath.Join(t.TempDir(), "text")
	if err := os.WriteFile(text, []byte("neither a kernel nor an archive"), 0o644); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		name    string
		machine func(t *testing.T) vm.Machine
		owner   fault.Owner
		want    string
	}{
		{"no QEMU", func(t *testing.T) vm.Machine {
			return vm.Machine{QEMU: vm.QEMU{Command: []string{"/no/qemu"}}, Kernel: &kernel.Kernel{Image: text}, Initramfs: text}
		}, fault.Host, "no such file"},
		{"no kernel file", func(t *testing.T) vm.Machine {
			return vm.Machine{QEMU: qemu, Kernel: &kernel.Kernel{Image: "/no/vmlinux"}, Initramfs: text}
		}, fault.Host, "/no/vmlinux"},
		{"option that QEMU refuses", func(t *testing.T) vm.Machine {
			return vm.Machine{QEMU: qemu, Kernel: &kernel.Kernel{Image: text}, Initramfs: text, CPUFlags: []string{"no-such-flag"}}
		}, fault.Host, "no-such-flag"},
		{"no init", func(t *testing.T) vm.Machine {
			l := newLab(t, "")
			l.machine.Initramfs = text
			return l.machine
		}, fault.Boot, "Kernel panic - not syncing"},
		{"too slow", func(t *testing.T) vm.Machine {
			l := newLab(t, "")
			l.machine.BootTimeout = 100 * time.Millisecond
			return l.machine
		}, fault.Boot, "did not answer in time"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			v, err := vm.Boot(t.Context(), tt.machine(t))
			if err == nil {
				v.Close()
				t.Fatalf("Boot succeeded; want an error")
			}
			if _, ok := errors.AsType[*fault.Error](err); !ok || fault.Of(err) != tt.owner || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("Boot = %v\nwant a fault of %s with %q", err, tt.owner, tt.want)
			}
		})
	}
}
