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
//
// What measures must not make the machine slow: no more than a twentieth of one
// CPU's time goes into a yardstick, however long its work takes.
type yardstick struct {
	table []uint32
	at    uint32    // where in it
	worth float64   // of late: how many times the usual the work took, at least 1; 0 before the first time
	next  time.Time // when it is worth while to measure again
}

// fresh is for how long a measurement is good at least, and stale when it is no
// longer, though the machine is so slow that one takes seconds.
const fresh, stale = 250 * time.Millisecond, 5 * time.Second

func newYardstick() *yardstick {
	const places = 1 << 18 // 1 MiB: more than a first-level cache, as an emulator's tables are
	y := &yardstick{table: make([]uint32, places)}
	for i := range y.table {
		y.table[i] = (uint32(i)*1664525 + 1013904223) % places // a cycle through all of them (Hull and Dobell)
	}
	return y
}

// slowness returns how many times the usual CPU time things take, averaged over
// the last measurements; 1 when the machine is quiet, or faster. It measures
// anew when the last time was long enough ago.
func (y *yardstick) slowness() float64 {
	if y.worth == 0 || time.Now().After(y.next) {
		y.measure()
	}
	return y.worth
}

// measure does the work, and takes it into account.
func (y *yardstick) measure() {
	const weight = 0.25 // of one measurement
	took, cost := y.work()
	now := max(1, float64(took)/float64(usual))
	if y.worth == 0 {
		y.worth = now
	}
	y.worth += weight * (now - y.worth)
	y.next = time.Now().Add(min(stale, max(fresh, 20*cost)))
}

// work returns the CPU time of the work, and what it cost with all around it.
func (y *yardstick) work() (took, cost time.Duration) {
	const steps = 120_000
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	began := threadTime()
	y.walk(len(y.table)) // what a pause has cost the caches is not the machine's slowness
	warm := threadTime()
	y.walk(steps)
	end := threadTime()
	return end - warm, end - began
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
