// SPDX-License-Identifier: GPL-2.0-only

package vm

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"kmodlab/internal/wire"
)

// part is a piece of a machine: what it asks of QEMU and of the kernel.
type part struct {
	qemu   []string
	kernel []string
}

// bare is the machine before anything is added to it: a board without default
// devices, without the user's configuration file, without a window.
func bare(on board) part {
	return part{
		qemu: []string{"-machine", on.machine, "-nodefaults", "-no-user-config", "-display", "none",
			// A kernel that reboots is a kernel that ended.
			"-no-reboot"},
		kernel: []string{
			"panic=-1", // reboot at once after a panic, which ends QEMU
			// A panic shows the whole log on the console (bit 5, kernel/panic.c):
			// what a module said last never reached the agent. Showing every
			// line as it comes would make a module that prints a lot seem to hang.
			"panic_print=0x20",
		},
	}
}

// sandbox forbids QEMU what it never needs here. Whatever a guest may do to
// QEMU, it starts no programs and gains no rights.
func sandbox() part {
	return part{qemu: []string{"-sandbox", "on,obsolete=deny,elevateprivileges=deny,spawn=deny,resourcecontrol=deny"}}
}

// processor is the accelerator and the CPUs.
func processor(on board, accel Accel, cpus int, flags []string) part {
	model := on.cpu
	if accel == KVM {
		model = "host"
	}
	for _, f := range flags {
		model += "," + f
	}
	how := string(accel)
	if accel == TCG && cpus > 1 {
		// Two emulated CPUs that really run at once crash a kernel now and
		// then when it patches its own text ("Oops: int3"). In turns on one
		// thread they do not.
		how += ",thread=single"
	}
	return part{
		qemu: []string{"-accel", how, "-cpu", model, "-smp", strconv.Itoa(cpus)},
		kernel: append(slices.Clone(on.clocks),
			"mitigations=off", // nothing in here is worth stealing, and an emulated CPU pays dearly
			"nokaslr",         // the same addresses in every splat
		),
	}
}

// memory is the guest's memory: anonymous, or a file that is shared with
// (template) or copied on write from (clone).
func memory(mib int, file string, share bool) part {
	size := strconv.Itoa(mib) + "M"
	args := []string{"-m", size}
	if file != "" {
		args = append(args,
			"-object", fmt.Sprintf("memory-backend-file,id=ram,size=%s,mem-path=%s,share=%s", size, escape(file), onOff(share)),
			"-machine", "memory-backend=ram")
	}
	return part{qemu: args, kernel: []string{
		"log_buf_len=1M", // a module that prints in a loop must not overwrite what was not read yet
	}}
}

// software is the kernel and its initramfs. QEMU copies the kernel to where it
// runs, no firmware unpacks it.
func software(image, initramfs string) part {
	return part{
		qemu: []string{"-kernel", image, "-initrd", initramfs},
		kernel: []string{
			"quiet",               // every printed line costs; the log is read from the ring
			"cryptomgr.notests",   // 0.2 s of self-tests of ciphers
			"random.trust_cpu=on", // do not wait for entropy
			"raid=noautodetect",   // do not look for disks that are not there
			// What the kernel does not know it gives to init as environment.
			"GODEBUG=" + wire.GODEBUG,
		},
	}
}

// console is the serial console, for what the agent cannot tell: a boot that
// fails, a panic, a hang.
func console(on board, fd int) part {
	return part{
		qemu:   []string{"-chardev", fmt.Sprintf("socket,id=console,fd=%d", fd), "-serial", "chardev:console"},
		kernel: on.console,
	}
}

// monitor is QEMU's own control channel.
func monitor(fd int) part {
	return part{qemu: []string{"-chardev", fmt.Sprintf("socket,id=monitor,fd=%d", fd), "-mon", "chardev=monitor,mode=control"}}
}

// agentDevice is the id of the agent's port. Only of a device with an id does
// QEMU report that the guest closed it (VSERPORT_CHANGE), which is how the end
// of the agent shows.
const agentDevice = "agent-port"

// portDevice is what the guest sees of a channel.
const portDevice = "virtserialport"

// ports are the channels to agent and executor. A virtio port moves a module of
// 300 kB in 30 ms, a second serial line takes 2 s.
func ports(agentFD, executorFD int) part {
	return part{qemu: []string{
		"-device", "virtio-serial-pci,id=serial,max_ports=3", // the first is kept for a console
		"-chardev", fmt.Sprintf("socket,id=agent,fd=%d", agentFD),
		"-device", portDevice + ",id=" + agentDevice + ",bus=serial.0,chardev=agent,name=" + wire.AgentPort,
		"-chardev", fmt.Sprintf("socket,id=executor,fd=%d", executorFD),
		"-device", portDevice + ",bus=serial.0,chardev=executor,name=" + wire.ExecutorPort,
	}}
}

// incoming starts QEMU with the state of a frozen VM instead of a reset.
func incoming() part {
	return part{qemu: []string{"-incoming", "defer"}}
}

// debugger lets a debugger stop the machine and look into it, at a socket that
// only the user can reach.
func debugger(path string) part {
	if path == "" {
		return part{}
	}
	return part{qemu: []string{"-gdb", "unix:" + escape(path) + ",server=on,wait=off"}}
}

func onOff(on bool) string {
	if on {
		return "on"
	}
	return "off"
}

// escape doubles commas, which separate options.
func escape(path string) string { return strings.ReplaceAll(path, ",", ",,") }

// commandLine joins parts to QEMU's arguments. A kernel's command line is given
// if there is a kernel among them.
func commandLine(parts ...part) []string {
	var args, kernel []string
	for _, p := range parts {
		args = append(args, p.qemu...)
		kernel = append(kernel, p.kernel...)
	}
	if slices.Contains(args, "-kernel") {
		args = append(args, "-append", strings.Join(kernel, " "))
	}
	return args
}

// bootArgs is the command line of a machine that boots; ram, if not empty, is
// the file that will hold its memory.
func (m Machine) bootArgs(ram string) []string {
	return commandLine(append(m.booting(ram), part{kernel: m.KernelArgs})...)
}

// booting is the parts of a machine that boots, but for what its user adds to the
// kernel's command line.
func (m Machine) booting(ram string) []part {
	on := boardOf(m.Kernel.Arch)
	return []part{bare(on), sandbox(), processor(on, m.Accel, m.CPUs, m.CPUFlags), memory(m.MemoryMiB, ram, true),
		software(m.Kernel.Image, m.Initramfs), console(on, consoleFD), monitor(monitorFD), ports(agentFD, executorFD), given(m.Devices)}
}

// cloneArgs is the command line of a clone of m: the same machine, device by
// device, but without the software. That is in its memory already, and reading
// it once more costs a third of QEMU's start.
func (m Machine) cloneArgs(ram string) []string {
	on := boardOf(m.Kernel.Arch)
	return commandLine(bare(on), sandbox(), processor(on, m.Accel, m.CPUs, m.CPUFlags), memory(m.MemoryMiB, ram, false),
		console(on, consoleFD), monitor(monitorFD), ports(agentFD, executorFD), given(m.Devices), debugger(m.Debugger), incoming())
}
