// SPDX-License-Identifier: GPL-2.0-only

package matrix

import (
	"testing"
	"time"

	"kmodlab/harness/internal/kmsg"
)

// Only the complaint that taints excuses the taint.
func TestExcusedTaint(t *testing.T) {
	for text, want := range map[string]uint64{
		"watchdog: BUG: soft lockup - CPU#0 stuck for 26s! [insmod:77]": taintOfLockup,
		"hrtimer: interrupt took 2315359458 ns":                         0,
	} {
		g := &guest{excused: map[uint64]bool{}}
		left := g.excuse([]kmsg.Record{{Seq: 7, Text: text}}, func() time.Duration { return time.Minute })
		if len(left) != 0 || !g.excused[7] || g.forgiven != want {
			t.Errorf("%q: %d records left, excused %v, forgiven %#x; want it excused, %#x", text, len(left), g.excused, g.forgiven, want)
		}
	}
}
