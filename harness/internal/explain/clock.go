// SPDX-License-Identifier: GPL-2.0-only

package explain

import "kmodlab/harness/internal/klog"

// clock knows when the last lines were printed: a report is complete only some
// lines after it began.
type clock struct {
	ring [8192]struct {
		n       int
		seconds float64
	}
}

func newClock() *clock { return &clock{} }

func (c *clock) note(line klog.Line) {
	slot := &c.ring[line.N%len(c.ring)]
	if line.Stamped && slot.n != line.N { // of several in one line of the file, the first
		slot.n, slot.seconds = line.N, line.Time.Seconds()
	}
}

// of returns when the line was printed, in seconds since boot; 0 when that is
// not known.
func (c *clock) of(n int) float64 {
	if slot := c.ring[n%len(c.ring)]; slot.n == n {
		return slot.seconds
	}
	return 0
}
