// SPDX-License-Identifier: GPL-2.0-only

// Package vm boots kernels in QEMU and talks to the agent in them.
//
// A [Machine] is booted ([Boot]), or frozen once as a [Template] and cloned
// copy-on-write as often as there are cases; both give a [VM] that takes
// orders. A VM leaves nothing behind: QEMU talks to us over inherited sockets
// that have no name, has no disk, no network and no shared folder, and ends
// with this process, whatever ends it.
package vm

import (
	"time"

	"kmodlab/internal/kernel"
)

// Accel is how guest code is executed.
type Accel string

// The ways to execute guest code.
const (
	TCG Accel = "tcg" // emulation, works everywhere
	KVM Accel = "kvm" // the host's processor
)

// Machine says what to boot and on what. The zero values of numbers stand for
// the usual ones.
type Machine struct {
	QEMU         QEMU
	Accel        Accel          // TCG when empty
	Kernel       *kernel.Kernel // its Image, Digest and Release are used
	Initramfs    string         // path of the archive
	InitramfsKey string         // names the archive's contents

	CPUs        int           // 1
	MemoryMiB   int           // 256
	CPUFlags    []string      // changes to the CPU model, as QEMU writes them: "-smap"
	Devices     []string      // names of devices to drive, see [DeviceNames]
	KernelArgs  []string      // added to the kernel's command line, see [KernelArgs]
	BootTimeout time.Duration // of its own time, until the agent says hello; 1 minute
	Shell       bool          // freeze it with a shell that waits for keys, which [VM.Shell] goes on with
	Debugger    string        // path of a socket at which QEMU waits for a debugger; none when empty
}

// withDefaults fills in what was left out.
func (m Machine) withDefaults() Machine {
	if m.Accel == "" {
		m.Accel = TCG
	}
	if m.CPUs == 0 {
		m.CPUs = 1
	}
	if m.MemoryMiB == 0 {
		m.MemoryMiB = 256
	}
	if m.BootTimeout == 0 {
		m.BootTimeout = time.Minute
	}
	return m
}

// The descriptors that QEMU inherits, numbered as os/exec hands them on.
const (
	consoleFD  = 3 + iota // serial console
	monitorFD             // QMP
	agentFD               // virtio-serial port of the agent
	executorFD            // virtio-serial port of the executor
	stateFD               // device state: written when freezing, read when cloning
)
