// SPDX-License-Identifier: GPL-2.0-only

package vm

// board is what differs between the machines of the architectures.
type board struct {
	machine string   // QEMU's board, with its options
	cpu     string   // the CPU that is emulated
	clocks  []string // what the kernel is told of its clocks
	console []string // what the kernel is told of its serial console
}

// boardOf returns the board for kernels of arch; amd64 for "".
func boardOf(arch string) board {
	if arch == "arm64" {
		return board{
			machine: "virt",
			// A plain ARMv8.0: the newest CPU that QEMU knows signs every
			// pointer, and emulating that doubles the time of a boot.
			cpu:     "cortex-a72",
			console: []string{"console=ttyAMA0"},
		}
	}
	return board{
		// The pc board: microvm has no ACPI that these kernels could power off
		// with, and boots no faster.
		machine: "pc,usb=off,vmport=off",
		// Emulated cmpxchg16b of QEMU 7.2 returns garbage flags now and then
		// and kills 4 of 100 kernels before init. Kernels do without it.
		// Without ERMS kernels copy and clear eight bytes at a time, which an
		// emulator does eight times as fast; without LA57 page tables have
		// four levels to walk instead of five.
		// FSRM, which emulation has since QEMU 8.0, has to go with ERMS: up to
		// 6.3 memmove() takes it to imply ERMS, and without that drops the check
		// of the length of short moves (arch/x86/lib/memmove_64.S; mended by
		// "x86/lib/memmove: Decouple ERMS from FSRM"): 5.10 dies of it each time.
		// Of leaf 7 no second part is shown: it has FSRS and FZRM, which are the
		// same for clearing.
		cpu: "max,-cx16,-erms,-fsrm,-la57,level-func7=0",
		// Do not measure clocks: on a busy host the measurement is wrong, and
		// slow.
		clocks: []string{"no_timer_check", "tsc=reliable"},
		console: []string{"console=ttyS0",
			"8250.nr_uarts=1",    // do not look for three more
			"unknown_nmi_panic"}, // how a kernel that hangs is made to say where
	}
}
