// SPDX-License-Identifier: GPL-2.0-only

package vm

import (
	"context"
	"fmt"
	"os"
	"strconv"
	"strings"
	"sync"
	"time"
)

// pulse is what a VM has got of this machine up to a moment.
type pulse struct {
	at     time.Time
	ran    time.Duration // CPU time of QEMU's threads
	queued time.Duration // time that they were ready to run and had to wait for a CPU
	stolen time.Duration // CPU time that others took from the whole machine, which is a guest itself
	stops  int           // how often it was stopped by a signal, and went on
}

// own returns how much of its own time a VM has lived from the pulse a to b, on
// a machine that is slower than usual: the time that it worked, as it would have
// taken on the usual machine, and the time that it had nothing to do; not the
// time that it was kept from running. What cannot be told from idleness (QEMU
// was stopped by a signal) counts for no more than most.
func own(a, b pulse, slowness float64, most time.Duration) time.Duration {
	wall, ran := b.at.Sub(a.at), max(0, b.ran-a.ran)
	idle := max(0, wall-ran-max(0, b.queued-a.queued)-max(0, b.stolen-a.stolen))
	return max(0, min(most, wall, time.Duration(float64(ran)/slowness)+idle))
}

// lost returns how long a VM was kept from running from the pulse a to b. One
// that was stopped meanwhile did not run when it seemed to be idle.
func lost(a, b pulse) time.Duration {
	kept := max(0, b.queued-a.queued) + max(0, b.stolen-a.stolen)
	if b.stops > a.stops {
		kept += max(0, b.at.Sub(a.at)-max(0, b.ran-a.ran)-kept)
	}
	return kept
}

// worthless returns how much of the CPU time ran did nothing on a machine that
// is slower than usual: others took it in ways that no kernel tells of.
func worthless(ran time.Duration, slowness float64) time.Duration {
	return max(0, ran-time.Duration(float64(ran)/slowness))
}

// Watch starts to measure for how long the VM is kept from running: by others
// that use the CPUs, by a hypervisor, or by a signal. The function that it
// returns tells that of the time until it is called.
func (v *VM) Watch() func() time.Duration {
	began := v.pulse()
	return func() time.Duration {
		now := v.pulse()
		y := newYardstick()
		for range 4 {
			y.measure()
		}
		return lost(began, now) + worthless(now.ran-began.ran, y.slowness())
	}
}

// pulse returns the VM's pulse. Each step of a case takes one: it is made cheaply.
func (v *VM) pulse() pulse {
	p := pulse{at: time.Now(), stops: v.proc.stopped()}
	p.stolen = v.thief.taken(p.at)
	tasks := fmt.Sprintf("/proc/%d/task/", v.PID())
	dir, err := os.Open(tasks)
	if err != nil {
		return p // it has ended
	}
	defer dir.Close()
	threads, _ := dir.Readdirnames(-1) // those that it could read
	for _, thread := range threads {
		text, err := os.ReadFile(tasks + thread + "/schedstat")
		if err != nil {
			continue // it has ended
		}
		ran, queued := parseSchedstat(string(text))
		p.ran, p.queued = p.ran+ran, p.queued+queued
	}
	return p
}

// parseSchedstat reads the first two numbers of a /proc/PID/schedstat: the
// nanoseconds that a task has run, and waited for a CPU (the kernel's
// Documentation/scheduler/sched-stats.rst).
func parseSchedstat(text string) (ran, queued time.Duration) {
	fields := strings.Fields(text)
	if len(fields) < 2 {
		return 0, 0
	}
	r, err := strconv.ParseInt(fields[0], 10, 64)
	if err != nil {
		return 0, 0
	}
	q, err := strconv.ParseInt(fields[1], 10, 64)
	if err != nil {
		return 0, 0
	}
	return time.Duration(r), time.Duration(q)
}

// thief reads what the hypervisor took from this machine, which is dear, no more
// often than the kernel's count of it has a grain.
type thief struct {
	mu    sync.Mutex
	read  time.Time
	stole time.Duration
}

// grain is that of times in /proc/stat: USER_HZ is 100 everywhere.
const grain = 10 * time.Millisecond

// taken returns the CPU time that had been taken at the moment now.
func (t *thief) taken(now time.Time) time.Duration {
	t.mu.Lock()
	defer t.mu.Unlock()
	if now.Sub(t.read) >= grain {
		t.read, t.stole = now, stolen()
	}
	return t.stole
}

// stolen returns the CPU time that the hypervisor took from this machine.
func stolen() time.Duration {
	text, err := os.ReadFile("/proc/stat")
	if err != nil {
		return 0
	}
	return parseSteal(string(text))
}

// parseSteal returns the eighth number of the first line of /proc/stat, which
// counts in hundredths of a second (proc(5)).
func parseSteal(stat string) time.Duration {
	const steal = 8
	line, _, _ := strings.Cut(stat, "\n")
	fields := strings.Fields(line)
	if len(fields) <= steal {
		return 0
	}
	n, err := strconv.ParseInt(fields[steal], 10, 64)
	if err != nil {
		return 0
	}
	return time.Duration(n) * grain
}

// meter counts a VM's own time.
type meter struct {
	vm    *VM
	every time.Duration // how often it is meant to look
	stick *yardstick
	last  pulse
	own   time.Duration
	asked <-chan reply // whether QEMU runs; nil when no question is open
}

func (v *VM) meter(every time.Duration) *meter {
	return &meter{vm: v, every: every, last: v.pulse()}
}

// beat adds the time since the last beat, and tells whether it did: a QEMU that
// does not answer does not run, and then nobody knows what its guest did.
func (m *meter) beat(ctx context.Context) bool {
	if !m.alive(ctx) {
		return false
	}
	if m.stick == nil { // most waits are over before they need one
		m.stick = newYardstick()
	}
	now := m.vm.pulse()
	m.own += own(m.last, now, m.stick.slowness(), 2*m.every)
	m.last = now
	return true
}

// alive tells whether QEMU answers. One question is open at a time.
func (m *meter) alive(ctx context.Context) bool {
	if m.asked == nil {
		c, err := m.vm.qmp.send("query-status", nil)
		if err != nil {
			return false
		}
		m.asked = c
	}
	patience := time.NewTimer(m.every)
	defer patience.Stop()
	select {
	case <-m.asked:
		m.asked = nil
		return true
	case <-m.vm.qmp.closed:
	case <-patience.C:
	case <-ctx.Done():
	}
	return false
}
