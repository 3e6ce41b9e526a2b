// SPDX-License-Identifier: GPL-2.0-only

package host

import (
	"bufio"
	"fmt"
	"io"
	"os"
)

// Available returns the bytes of memory that programs can still get, and whether
// this machine tells (proc(5), MemAvailable).
func Available() (int64, bool) {
	f, err := os.Open("/proc/meminfo")
	if err != nil {
		return 0, false
	}
	defer f.Close()
	return available(f)
}

// available reads it from the text of /proc/meminfo.
func available(meminfo io.Reader) (int64, bool) {
	for sc := bufio.NewScanner(meminfo); sc.Scan(); {
		var kib int64
		if n, _ := fmt.Sscanf(sc.Text(), "MemAvailable: %d kB", &kib); n == 1 {
			return kib << 10, true
		}
	}
	return 0, false
}
