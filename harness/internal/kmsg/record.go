// SPDX-License-Identifier: GPL-2.0-only

// Package kmsg reads the kernel log.
//
// It knows the records of /dev/kmsg, the reports that mean trouble, and how a
// log becomes a transcript that two kernels, or a kernel and a script, can be
// compared by. It never talks to a kernel: its input are values.
package kmsg

import "kmodlab/harness/internal/klog"

// Record is one record of /dev/kmsg.
type Record = klog.Record

// Parse parses a record as one read of /dev/kmsg returns it.
func Parse(raw []byte) (Record, error) { return klog.ParseRecord(raw) }

// Missing returns how many records were lost before each of records, summed:
// the jumps in their sequence numbers. Records that come again count as none.
func Missing(records []Record) uint64 {
	var lost uint64
	for i := 1; i < len(records); i++ {
		if prev, seq := records[i-1].Seq, records[i].Seq; seq > prev+1 {
			lost += seq - prev - 1
		}
	}
	return lost
}
