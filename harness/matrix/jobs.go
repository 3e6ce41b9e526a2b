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

// jobs returns how many VMs this machine can carry at once: one a CPU, as far
// as the memory goes that is free now.
func jobs() int {
	f, err := os.Open("/proc/meminfo")
	if err != nil {
		return runtime.NumCPU()
	}
	defer f.Close()
	return fitting(runtime.NumCPU(), available(f))
}

// fitting returns how many VMs go into mib of memory: between 1 and cpus.
func fitting(cpus, mib int) int { return max(1, min(cpus, mib/vmMiB)) }

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
