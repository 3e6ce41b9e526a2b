// SPDX-License-Identifier: GPL-2.0-only

package kmsg

import (
	"iter"
	"strings"

	"kmodlab/harness/internal/klog"
)

// Lines returns the lines of records, numbered from 1; of a record of several
// lines each is one. What user space wrote to the log is marked as another's.
func Lines(records []Record) iter.Seq[klog.Line] {
	return func(yield func(klog.Line) bool) {
		n := 0
		for _, r := range records {
			for text := range strings.SplitSeq(r.Text, "\n") {
				n++
				line := klog.Line{N: n, Text: text, Stamped: true, Time: r.Time, Caller: r.Caller, Level: r.Priority, Other: r.Facility != 0}
				if !yield(line) {
					return
				}
			}
		}
	}
}
