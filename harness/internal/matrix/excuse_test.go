// SPDX-License-Identifier: GPL-2.0-only

package matrix

import (
	"testing"
	"time"

	"kmodlab/harness/internal/kmsg"
)

// Only the complaint that taints excuses the taint.
func TestExcusedLockup(t *testing.T) {
	for text, want := range map[string]bool{
		"watchdog: BUG: soft lockup - CPU#0 stuck for 26s! [insmod:77]": true,
		"hrtimer: interrupt took 2315359458 ns":                         false,
	} {
		g := &guest{excused: map[uint64]bool{}}
		left := g.excuse([]kmsg.Record{{Seq: 7, Text: text}}, func() time.Duration { return time.Minute })
		if len(left) != 0 || !g.excused[7] || g.lockup != want {
			t.Errorf("%q: %d records left, excused %v, a lockup: %t; want it excused, %t", text, len(left), g.excused, g.lockup, want)
		}
	}
}
