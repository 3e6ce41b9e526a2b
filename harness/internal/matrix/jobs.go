// SPDX-License-Identifier: GPL-2.0-only

package matrix

import (
	"runtime"

	"kmodlab/harness/internal/host"
)

// vmMiB is what a VM may come to need of the host's memory: all of the guest's
// and QEMU's own.
const vmMiB = 256 + 128

// jobs returns how many VMs this machine can carry at once: one more than it has
// CPUs, for now and then one waits (a module that sleeps, a QEMU that starts),
// as far as the memory goes that is free now.
func jobs() int {
	most := runtime.NumCPU() + 1
	free, known := host.Available()
	if !known {
		return most
	}
	return fitting(most, int(free>>20))
}

// fitting returns how many VMs go into mib of memory: between 1 and most.
func fitting(most, mib int) int { return max(1, min(most, mib/vmMiB)) }
