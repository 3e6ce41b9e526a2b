// SPDX-License-Identifier: GPL-2.0-only

package matrix

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"runtime"
)

// vmMiB is what a VM may come to need of the host's memory: all of the guest's
// and QEMU's own.
const vmMiB = 256 + 128

// jobs returns how many VMs this machine can carry at once: one more than it has
// CPUs, for now and then one waits (a module that sleeps, a QEMU that starts),
// as far as the memory goes that is free now.
func jobs() int {
	most := runtime.NumCPU() + 1
	f, err := os.Open("/proc/meminfo")
	if err != nil {
		return most
	}
	defer f.Close()
	return fitting(most, available(f))
}

// fitting returns how many VMs go into mib of memory: between 1 and most.
func fitting(most, mib int) int { return max(1, min(most, mib/vmMiB)) }

// available returns the MiB that programs can still get, from the text of
// /proc/meminfo (proc(5), MemAvailable); enough for everything when it does
// not say.
func available(meminfo io.Reader) int {
	for sc := bufio.NewScanner(meminfo); sc.Scan(); {
		var kib int
		if n, _ := fmt.Sscanf(sc.Text(), "MemAvailable: %d kB", &kib); n == 1 {
			return kib / 1024
		}
	}
	return 1 << 30
}
