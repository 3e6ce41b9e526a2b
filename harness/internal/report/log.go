// SPDX-License-Identifier: GPL-2.0-only

package report

import (
	"os"
	"strings"

	"kmodlab/harness/internal/kmsg"
)

// ready is what the agent in a VM writes to the kernel log when a case may
// begin (guest/agent).
const ready = "kmodlab: the agent is ready\n"

// lastLines returns the last lines of the kernel log in the log file at path,
// without noise and, where the case began, without the boot before it; "" when
// there are none.
func lastLines(path string) string {
	const most = 8
	text, err := os.ReadFile(path)
	if err != nil {
		return ""
	}
	_, log, _ := strings.Cut(string(text), "# kernel log\n")
	log, _, _ = strings.Cut(log, "\n# console\n")
	if i := strings.Index(log, ready); i >= 0 {
		log = log[i+len(ready):]
	}
	var lines []string
	for line := range strings.Lines(log) {
		line = strings.TrimRight(line, "\n")
		if _, said, ok := strings.Cut(line, "] "); ok && !kmsg.IsNoise(said) {
			lines = append(lines, printable(line))
		}
	}
	return strings.Join(lines[max(0, len(lines)-most):], "\n")
}
