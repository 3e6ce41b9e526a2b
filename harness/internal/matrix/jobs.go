// SPDX-License-Identifier: GPL-2.0-only

package matrix

import (
	"runtime"

	"kmodlab/harness/internal/host"
)

// vmMiB is what a VM may come to need of the host's memory: all of the guest's
// and QEMU's own.
const vmMiB = 256 + 128

// workers is how many VMs may work at once: one more than this machine has CPUs,
// for now and then one waits (a module that sleeps, a QEMU that starts).
func workers() int { return runtime.NumCPU() + 1 }

// resting is how many VMs there may be for each that may work. A case that a module
// is watched in sleeps for nine tenths of its time.
const resting = 4

// jobs returns how many VMs there may be on this machine at once, as far as the
// memory goes that is free now.
func jobs() int {
	most := workers() * resting
	free, known := host.Available()
	if !known {
		return most
	}
	return fitting(most, int(free>>20))
}

// fitting returns how many VMs go into mib of memory: between 1 and most.
func fitting(most, mib int) int { return max(1, min(most, mib/vmMiB)) }
