// SPDX-License-Identifier: GPL-2.0-only

package matrix

import (
	"fmt"
	"strings"
	"time"

	"kmodlab/harness/internal/kmsg"
)

// excuse returns records without the complaints of a guest that was kept from
// running, and notes those.
func (b *guest) excuse(records []kmsg.Record, kept func() time.Duration) []kmsg.Record {
	var lost time.Duration
	records, complaints := kmsg.HeldUp(records, func() time.Duration {
		lost = kept()
		return lost
	})
	for i, c := range complaints {
		b.excused[c.Seq] = true
		switch { // which also taint (kernel/watchdog.c, panic.c)
		case strings.Contains(c.Text, "BUG: soft lockup"):
			b.forgiven |= taintOfLockup
		case strings.HasPrefix(c.Text, "WARNING: "):
			b.forgiven |= taintOfWarning
		}
		if i == 0 {
			b.notes = append(b.notes, fmt.Sprintf("%s: the VM was kept from running for %.1f s, of which the kernel complains: %s", b.current, lost.Seconds(), c.Text))
		}
	}
	return records
}
