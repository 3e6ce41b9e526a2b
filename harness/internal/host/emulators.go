// SPDX-License-Identifier: GPL-2.0-only

package host

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// Emulators returns the process ids of the QEMUs that a process started. By its
// name one may be a loader: the archive's is run by one of its own.
func Emulators(parent int) []int {
	threads, err := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/children", parent))
	if err != nil {
		return nil
	}
	var pids []int
	for _, path := range threads {
		text, err := os.ReadFile(path)
		if err != nil {
			continue // the thread has ended
		}
		for word := range strings.FieldsSeq(string(text)) {
			argv, err := os.ReadFile("/proc/" + word + "/cmdline")
			if pid, e := strconv.Atoi(word); err == nil && e == nil && IsEmulator(string(argv)) {
				pids = append(pids, pid)
			}
		}
	}
	return pids
}

// IsEmulator tells whether a command line, with NUL between its arguments, is that
// of a VM: only those ask for a machine.
func IsEmulator(argv string) bool { return strings.Contains(argv, "\x00-machine\x00") }
