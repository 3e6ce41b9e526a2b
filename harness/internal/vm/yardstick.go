// SPDX-License-Identifier: GPL-2.0-only

package vm

import (
	"runtime"
	"time"

	"golang.org/x/sys/unix"
)

// usual is the CPU time that a yardstick's work takes on the machine that the
// limits were chosen on, when it is quiet.
const usual = 2200 * time.Microsecond

// yardstick measures how slow this machine is at the moment. A second of CPU
// time is not always worth the same: the hypervisor of a rented machine takes
// part of it without a word, and others use up its caches. So a known work is
// done now and then, in the same currency.
type yardstick struct {
	table []uint32
	at    uint32  // where in it
	worth float64 // of late: how many times the usual the work took, at least 1
}

func newYardstick() *yardstick {
	const places = 1 << 18 // 1 MiB: more than a first-level cache, as an emulator's tables are
	y := &yardstick{table: make([]uint32, places), worth: 1}
	for i := range y.table {
		y.table[i] = (uint32(i)*1664525 + 1013904223) % places // a cycle through all of them (Hull and Dobell)
	}
	return y
}

// slowness measures anew and returns how many times the usual CPU time things
// take, averaged over the last measurements; 1 when the machine is quiet, or
// faster.
func (y *yardstick) slowness() float64 {
	const weight = 0.25 // of one measurement
	now := max(1, float64(y.measure())/float64(usual))
	y.worth += weight * (now - y.worth)
	return max(1, y.worth)
}

// measure returns the CPU time of the work.
func (y *yardstick) measure() time.Duration {
	const steps = 120_000
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	y.walk(len(y.table)) // what a pause has cost the caches is not the machine's slowness
	began := threadTime()
	y.walk(steps)
	return threadTime() - began
}

// walk follows the table for some steps. Where it ends it begins the next time,
// so that the compiler cannot leave it out.
func (y *yardstick) walk(steps int) {
	for range steps {
		y.at = y.table[y.at]
	}
}

// threadTime returns the CPU time of the calling thread.
func threadTime() time.Duration {
	var t unix.Timespec
	if err := unix.ClockGettime(unix.CLOCK_THREAD_CPUTIME_ID, &t); err != nil {
		return 0
	}
	return time.Duration(t.Nano())
}
