// SPDX-License-Identifier: GPL-2.0-only

package vm

import (
	"os"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"

	"kmodlab/internal/cache"
	"kmodlab/internal/kernel"
)

// templateLayout changes with the files of a template's entry, and with the
// dance with QEMU by which they are made.
const templateLayout = "5"

// The kinds of the cache entries.
const kindTemplate, kindKVM = "template", "kvm"

// frozenInputs are those of m, frozen on this host.
func (m Machine) frozenInputs() (*cache.Inputs, error) {
	var host []string
	var err error
	if m.Accel == KVM {
		host, err = hostIdentity()
	}
	return m.inputsOn(host), err
}

// inputsOn are those of m, frozen on a host: the command line with contents in the
// place of paths, the program that reads it, and under KVM the processor that it
// runs on. An emulated one is the same everywhere.
func (m Machine) inputsOn(host []string) *cache.Inputs {
	m.Kernel = &kernel.Kernel{Image: m.Kernel.Digest, Arch: m.Kernel.Arch}
	m.Initramfs = m.InitramfsKey
	m.Debugger = "" // a clone may be debugged, whoever froze it
	if m.Accel != KVM {
		host = nil
	}
	return cache.NewInputs(kindTemplate).Add("layout", templateLayout).Add("qemu", m.QEMU.ID).Add("shell", strconv.FormatBool(m.Shell)).
		List("boot", m.bootArgs(ramFile)).List("clone", m.cloneArgs(ramFile)).List("host", host)
}

// kvmInputs are those of a trial of KVM with m: the machine, on this host.
func (m Machine) kvmInputs(host []string) *cache.Inputs {
	m.Accel = KVM
	return cache.NewInputs(kindKVM).Join(m.withDefaults().inputsOn(host))
}

// hostFields are what /proc/cpuinfo says of a processor that makes it another
// one for a guest. The rest changes from one moment to the next, or from one
// core to the other.
var hostFields = []string{
	"vendor_id", "cpu family", "model", "model name", "stepping", "microcode", "flags", "vmx flags", "bugs", "address sizes",
	"CPU implementer", "CPU architecture", "CPU variant", "CPU part", "CPU revision", "Features",
}

// hostIdentity returns what KVM depends on: the host's kernel and processor.
func hostIdentity() ([]string, error) {
	var u unix.Utsname
	if err := unix.Uname(&u); err != nil {
		return nil, os.NewSyscallError("uname", err)
	}
	cpus, err := os.ReadFile("/proc/cpuinfo")
	if err != nil {
		return nil, err
	}
	return append([]string{unix.ByteSliceToString(u.Release[:]), unix.ByteSliceToString(u.Version[:])}, processorIdentity(string(cpus))...), nil
}

// processorIdentity returns those lines about the first processor of a
// /proc/cpuinfo that tell it from others.
func processorIdentity(cpuinfo string) []string {
	var list []string
	first, _, _ := strings.Cut(cpuinfo, "\n\n")
	for line := range strings.Lines(first) {
		name, value, _ := strings.Cut(line, ":")
		if name = strings.TrimSpace(name); slices.Contains(hostFields, name) {
			list = append(list, name+": "+strings.TrimSpace(value))
		}
	}
	return list
}
