// SPDX-License-Identifier: GPL-2.0-only

package vm

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"kmodlab/internal/cache"
	"kmodlab/internal/cache/cachetest"
	"kmodlab/internal/kernel"
)

// onHost is a machine on a host.
type onHost struct {
	m    Machine
	host string // a /proc/cpuinfo
}

const cpuinfo = "processor\t: 0\nvendor_id\t: GenuineIntel\ncpu family\t: 6\nmodel\t\t: 85\nmodel name\t: Xeon\nstepping\t: 7\nmicrocode\t: 0x1\ncpu MHz\t\t: 2400.000\napicid\t\t: 0\nflags\t\t: fpu avx\nbogomips\t: 4800.00\n\nprocessor\t: 1\nflags\t\t: fpu\n"

func anyMachine(*testing.T) *onHost {
	return &onHost{host: cpuinfo, m: Machine{Kernel: &kernel.Kernel{Image: "/a/vmlinux", Digest: "d", Release: "6.12", Arch: "amd64"}, Initramfs: "/a/i", InitramfsKey: "i",
		QEMU: QEMU{Command: []string{"/usr/bin/qemu"}, Version: "QEMU 7", ID: "q"}}}
}

// machineChanges are changes of a machine, which concern a template and a trial
// of KVM alike.
func machineChanges() map[string]func(*testing.T, *onHost) {
	return map[string]func(*testing.T, *onHost){
		"kernel":            func(_ *testing.T, h *onHost) { h.m.Kernel.Digest = "e" },
		"architecture":      func(_ *testing.T, h *onHost) { h.m.Kernel.Arch = "arm64" },
		"initramfs":         func(_ *testing.T, h *onHost) { h.m.InitramfsKey = "j" },
		"QEMU":              func(_ *testing.T, h *onHost) { h.m.QEMU.ID = "r" },
		"two CPUs":          func(_ *testing.T, h *onHost) { h.m.CPUs = 2 },
		"three CPUs":        func(_ *testing.T, h *onHost) { h.m.CPUs = 3 },
		"memory":            func(_ *testing.T, h *onHost) { h.m.MemoryMiB = 512 },
		"CPU flags":         func(_ *testing.T, h *onHost) { h.m.CPUFlags = []string{"-smap"} },
		"a device":          func(_ *testing.T, h *onHost) { h.m.Devices = []string{"virtio-net"} },
		"two devices":       func(_ *testing.T, h *onHost) { h.m.Devices = []string{"virtio-net", "usb-kbd"} },
		"kernel's argument": func(_ *testing.T, h *onHost) { h.m.KernelArgs = []string{"x"} },
		"arguments' order":  func(_ *testing.T, h *onHost) { h.m.KernelArgs = []string{"y", "x"} },
		"a shell":           func(_ *testing.T, h *onHost) { h.m.Shell = true },
	}
}

// hostChanges are other hosts.
func hostChanges() map[string]func(*testing.T, *onHost) {
	edit := func(old, new string) func(*testing.T, *onHost) {
		return func(t *testing.T, h *onHost) {
			if !strings.Contains(h.host, old) {
				t.Fatalf("no %q in the host", old)
			}
			h.host = strings.Replace(h.host, old, new, 1)
		}
	}
	return map[string]func(*testing.T, *onHost){
		"host's vendor":    edit("GenuineIntel", "AuthenticAMD"),
		"host's family":    edit("cpu family\t: 6", "cpu family\t: 25"),
		"host's model":     edit("model\t\t: 85", "model\t\t: 86"),
		"host's name":      edit("Xeon", "Xeon Gold"),
		"host's stepping":  edit("stepping\t: 7", "stepping\t: 8"),
		"host's microcode": edit("0x1", "0x2"),
		"host's flags":     edit("fpu avx", "fpu avx avx512f"),
		"host's kernel":    func(_ *testing.T, h *onHost) { h.host = "kernel\t: other\n" + h.host },
	}
}

// sameMachine are changes of what no guest sees.
func sameMachine() map[string]func(*testing.T, *onHost) {
	return map[string]func(*testing.T, *onHost){
		"place of the kernel":    func(_ *testing.T, h *onHost) { h.m.Kernel.Image = "/b/vmlinux" },
		"place of the initramfs": func(_ *testing.T, h *onHost) { h.m.Initramfs = "/b/i" },
		"name of the kernel":     func(_ *testing.T, h *onHost) { h.m.Kernel.Release = "x" },
		"patience":               func(_ *testing.T, h *onHost) { h.m.BootTimeout = 1 },
		"debugger":               func(_ *testing.T, h *onHost) { h.m.Debugger = "/tmp/gdb" },
		"the defaults, said":     func(_ *testing.T, h *onHost) { h.m.CPUs, h.m.MemoryMiB = 1, 256 },
		"HOME and the folder": func(t *testing.T, _ *onHost) {
			t.Setenv("HOME", t.TempDir())
			t.Chdir(t.TempDir())
		},
		"the host's clock": func(_ *testing.T, h *onHost) {
			h.host = strings.NewReplacer("2400", "800", "4800", "1600").Replace(h.host)
		},
		"another core": func(_ *testing.T, h *onHost) { h.host = strings.Replace(h.host, "processor\t: 0", "processor\t: 3", 1) },
	}
}

// identityOf is that of the host, whose kernel may be said to be another.
func (h *onHost) identity() []string {
	if rest, ok := strings.CutPrefix(h.host, "kernel\t: other\n"); ok {
		return append([]string{"other"}, processorIdentity(rest)...)
	}
	return append([]string{"6.1"}, processorIdentity(h.host)...)
}

func TestTemplateInputs(t *testing.T) {
	emulated := cachetest.Table[*onHost]{
		Kind: kindTemplate, New: anyMachine,
		Inputs: func(_ *testing.T, h *onHost) *cache.Inputs { return h.m.withDefaults().inputsOn(h.identity()) },
		Other:  machineChanges(), Same: sameMachine(),
	}
	for name, change := range hostChanges() {
		emulated.Same[name] = change // an emulated processor is the same on each
	}
	emulated.Other["accelerator"] = func(_ *testing.T, h *onHost) { h.m.Accel = KVM }
	t.Run("tcg", emulated.Run)

	real := cachetest.Table[*onHost]{Kind: kindTemplate, Inputs: emulated.Inputs, Other: machineChanges(), Same: sameMachine(),
		New: func(t *testing.T) *onHost { h := anyMachine(t); h.m.Accel = KVM; return h }}
	for name, change := range hostChanges() {
		real.Other[name] = change
	}
	real.Other["accelerator"] = func(_ *testing.T, h *onHost) { h.m.Accel = TCG }
	t.Run("kvm", real.Run)
}

func TestKVMInputs(t *testing.T) {
	table := cachetest.Table[*onHost]{Kind: kindKVM, New: anyMachine,
		Inputs: func(_ *testing.T, h *onHost) *cache.Inputs { return h.m.kvmInputs(h.identity()) },
		Other:  machineChanges(), Same: sameMachine()}
	for name, change := range hostChanges() {
		table.Other[name] = change
	}
	table.Same["accelerator"] = func(_ *testing.T, h *onHost) { h.m.Accel = TCG } // it is KVM that is tried
	table.Run(t)
}

// TestHostIdentity reads that of this machine.
func TestHostIdentity(t *testing.T) {
	one, err := hostIdentity()
	if err != nil {
		t.Fatal(err)
	}
	two, err := hostIdentity()
	if err != nil || !slices.Equal(one, two) || len(one) < 4 {
		t.Errorf("hostIdentity() = %q, then %q, %v; want the same, with the processor", one, two, err)
	}
}

// TestIdentity has a QEMU of the test's own, that has libraries, modules and
// firmware, and changes each.
func TestIdentity(t *testing.T) {
	type files struct{ qemu, lib, module, rom string }
	newQEMU := func(t *testing.T) *files {
		dir := t.TempDir()
		f := &files{filepath.Join(dir, "bin/qemu"), filepath.Join(dir, "lib.so"), filepath.Join(dir, "lib/x86_64-linux-gnu/qemu/accel-tcg.so"), filepath.Join(dir, "share/bios.bin")}
		ldd := filepath.Join(dir, "tools/ldd")
		for path, text := range map[string]string{
			f.qemu: "#!/bin/sh\necho " + filepath.Dir(f.rom) + "; echo /no/such/folder\n",
			ldd:    "#!/bin/sh\necho '	linux-vdso.so.1 (0x00007)'; echo '	lib.so => " + f.lib + " (0x00007'$$')'\n",
			f.lib:  "1", f.module: "1", f.rom: "1",
		} {
			if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(path, []byte(text), 0o755); err != nil {
				t.Fatal(err)
			}
		}
		t.Setenv("PATH", filepath.Dir(ldd)+":"+os.Getenv("PATH"))
		return f
	}
	edit := func(which func(*files) *string) func(*testing.T, *files) {
		return func(t *testing.T, f *files) {
			old, err := os.ReadFile(*which(f))
			if err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(*which(f), append(old, '\n'), 0o755); err != nil {
				t.Fatal(err)
			}
		}
	}
	cachetest.Table[*files]{Kind: "qemu", New: newQEMU,
		Inputs: func(t *testing.T, f *files) *cache.Inputs {
			return cache.NewInputs("qemu").Add("id", identity("QEMU 7", f.qemu, loaded(t.Context(), f.qemu)))
		},
		Other: map[string]func(*testing.T, *files){
			"the program":   edit(func(f *files) *string { return &f.qemu }),
			"a library":     edit(func(f *files) *string { return &f.lib }),
			"a module":      edit(func(f *files) *string { return &f.module }),
			"a ROM":         edit(func(f *files) *string { return &f.rom }),
			"no ROM":        func(_ *testing.T, f *files) { os.Remove(f.rom) },
			"a new ROM":     func(_ *testing.T, f *files) { os.WriteFile(f.rom+".new", nil, 0o644) },
			"a new library": func(_ *testing.T, f *files) { os.Rename(f.lib, f.lib+".1"); os.WriteFile(f.lib, []byte("2222"), 0o644) },
		},
		Same: map[string]func(*testing.T, *files){
			"another time of day": func(*testing.T, *files) {},
			"HOME":                func(t *testing.T, _ *files) { t.Setenv("HOME", t.TempDir()) },
			"a library of a user's": func(t *testing.T, _ *files) {
				t.Setenv("LD_LIBRARY_PATH", t.TempDir())
				t.Setenv("LD_PRELOAD", "")
			},
		},
	}.Run(t)
}

func TestParseLibraries(t *testing.T) {
	const text = "\tlinux-vdso.so.1 (0x00007ffc)\n\tlibz.so.1 => /lib/libz.so.1 (0x00007f)\n\tlibnone.so => not found\n\tlibc.so.6 => /lib/libc.so.6 (0x00007f)\n\t/lib64/ld-linux-x86-64.so.2 (0x00007f)\n"
	if d := cmp.Diff([]string{"/lib/libc.so.6", "/lib/libz.so.1", "/lib64/ld-linux-x86-64.so.2"}, parseLibraries(text)); d != "" {
		t.Errorf("parseLibraries() (-want +got):\n%s", d)
	}
}
