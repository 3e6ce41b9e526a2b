// SPDX-License-Identifier: GPL-2.0-only

package vm

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"kmodlab/internal/kernel"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// TestCommandLines compares whole command lines with golden files: what a
// machine is, in a form that a reviewer can read.
func TestCommandLines(t *testing.T) {
	m := Machine{Kernel: &kernel.Kernel{Image: "/kernels/vmlinux"}, Initramfs: "/images/initramfs.cpio"}.withDefaults()
	two, odd, host, arm, all := m, m, m, m, m
	arm.Kernel = &kernel.Kernel{Image: "/kernels/Image", Arch: "arm64"}
	two.CPUs = 2
	odd.CPUFlags, odd.KernelArgs, odd.MemoryMiB = []string{"-smap"}, []string{"lsm=none"}, 512
	host.Accel = KVM
	all.Devices = DeviceNames()
	for _, tt := range []struct {
		name string
		args []string
	}{
		{"boot", m.bootArgs("")},
		{"boot-two-cpus", two.bootArgs("")},
		{"boot-kvm", host.bootArgs("")},
		{"boot-changed", odd.bootArgs("")},
		{"boot-arm64", arm.bootArgs("")},
		{"boot-devices", all.bootArgs("")},
		{"template", m.bootArgs("/cache/a,b/ram")},
		{"clone", m.cloneArgs("/cache/a,b/ram")},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got := lineByLine(tt.args)
			golden := filepath.Join("testdata", tt.name+".golden")
			if *update {
				if err := os.WriteFile(golden, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(string(want), got); diff != "" {
				t.Errorf("command line: (-want +got)\n%s", diff)
			}
		})
	}
}

// lineByLine writes an option with its value to a line.
func lineByLine(args []string) string {
	var b strings.Builder
	for i, a := range args {
		switch {
		case i == 0:
		case strings.HasPrefix(a, "-") && !strings.HasPrefix(args[i-1], "-") || strings.HasPrefix(args[i-1], "-no"):
			b.WriteString("\n")
		default:
			b.WriteString(" ")
		}
		b.WriteString(a)
	}
	return b.String() + "\n"
}

// TestCloneIsTheSameMachine checks that a clone differs from its template in
// nothing but how its memory is shared, what software it gets, and that it
// waits for a state.
func TestCloneIsTheSameMachine(t *testing.T) {
	m := Machine{Kernel: &kernel.Kernel{Image: "K"}, Initramfs: "I", CPUs: 2, CPUFlags: []string{"-smap"}, Devices: DeviceNames()}.withDefaults()
	template := strings.Join(m.bootArgs("/ram"), "\n")
	template, _, _ = strings.Cut(template, "\n-append")
	template = strings.Replace(template, "\n-kernel\nK\n-initrd\nI", "", 1)
	template = strings.Replace(template, "share=on", "share=off", 1) + "\n-incoming\ndefer"
	if diff := cmp.Diff(template, strings.Join(m.cloneArgs("/ram"), "\n")); diff != "" {
		t.Errorf("clone: (-template +clone)\n%s", diff)
	}
}
