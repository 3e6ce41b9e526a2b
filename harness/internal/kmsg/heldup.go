// SPDX-License-Identifier: GPL-2.0-only

package kmsg

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"kmodlab/harness/internal/splat"
)

// complaint is a line by which a kernel says that time went by while it did not
// get to run: of a bug, or of a host that did not let it.
type complaint struct {
	pattern *regexp.Regexp // its group, if it has one, is a number of units
	unit    time.Duration
	least   time.Duration // how long it was held up when the line does not say
}

// complaints of a clock that was held up, with the file that prints each and
// why a starved guest does.
var complaints = []complaint{
	// Timers came due faster than they could be served
	// (kernel/time/hrtimer.c, hrtimer_interrupt).
	{pattern: regexp.MustCompile(`^hrtimer: interrupt took (\d+) ns$`), unit: time.Nanosecond},
	// An event was past before its timer was set, three times in a row
	// (kernel/time/clockevents.c, clockevents_increase_min_delta).
	{pattern: regexp.MustCompile(`^CE: \S+ increased min_delta_ns to (\d+) nsec$`), unit: time.Nanosecond},
	// More than a period went by before the server of the fair class got its
	// next budget (kernel/sched/deadline.c, replenish_dl_entity).
	{pattern: regexp.MustCompile(`^sched: DL replenish lagged too much$`), least: 100 * time.Millisecond},
	// One clock was read late, and now both seem to differ
	// (kernel/time/clocksource.c, clocksource_watchdog).
	{pattern: regexp.MustCompile(`^clocksource: (?:timekeeping watchdog|.*wd-.*read-back delay|.*skew|Long readout)`), least: time.Millisecond},
	// A work item ran for long by the clock
	// (kernel/workqueue.c, wq_cpu_intensive_report).
	{pattern: regexp.MustCompile(`^workqueue: .+ hogged CPU for >(\d+)us \d+ times`), unit: time.Microsecond},
	// So did an interrupt of the performance counters (kernel/events/core.c,
	// perf_sample_event_took).
	{pattern: regexp.MustCompile(`^perf: interrupt took too long \((\d+) > \d+\)`), unit: time.Nanosecond},
	// The watchdogs' own timers and threads did not get to run
	// (kernel/watchdog.c, watchdog_timer_fn; kernel/workqueue.c,
	// wq_watchdog_timer_fn; kernel/hung_task.c, check_hung_task).
	{pattern: regexp.MustCompile(`^(?:watchdog: )?BUG: soft lockup - CPU#\d+ stuck for (\d+)s!`), unit: time.Second},
	{pattern: regexp.MustCompile(`^BUG: workqueue lockup - pool .* stuck for (\d+)s!`), unit: time.Second},
	{pattern: regexp.MustCompile(`^INFO: task .+ blocked .*for more than (\d+) seconds`), unit: time.Second},
	// A grace period does not end where no CPU runs; Debian's kernels wait for
	// 21 seconds (kernel/rcu/tree_stall.h, CONFIG_RCU_CPU_STALL_TIMEOUT).
	{pattern: regexp.MustCompile(`^(?:rcu: )?INFO: \S+ .*\bstall`), least: 21 * time.Second},
}

// heldUp returns for how long a line says that the kernel was held up; false
// when it is no such line.
func heldUp(text string) (time.Duration, bool) {
	for _, c := range complaints {
		m := c.pattern.FindStringSubmatch(text)
		if m == nil {
			continue
		}
		if c.unit == 0 {
			return c.least, true
		}
		n, err := strconv.ParseInt(m[1], 10, 64)
		return time.Duration(n) * c.unit, err == nil
	}
	return 0, false
}

// HeldUp divides records of a guest that was kept from running: into those that
// say something of the guest, and those by which it only complains of that.
// lost tells for how long it was kept; it is asked only when there is a
// complaint. One is believed to be about more when that explains less than half
// of what it complains of: a lockup that is one stays one. The report that
// follows a complaint goes with it.
func HeldUp(records []Record, lost func() time.Duration) (kept, complaints []Record) {
	var lines []string
	var from []int // index of the record that a line is of
	for i, r := range records {
		if r.Facility != 0 {
			continue // not the kernel's word
		}
		for line := range strings.SplitSeq(r.Text, "\n") {
			lines, from = append(lines, line), append(from, i)
		}
	}
	excused := map[int]bool{}
	for line := range excuse(lines, lost) {
		excused[from[line]] = true
	}
	for i, r := range records {
		if excused[i] {
			complaints = append(complaints, r)
		} else {
			kept = append(kept, r)
		}
	}
	return kept, complaints
}

// excuse returns the indices of the lines that are complaints of a guest that
// was kept from running, for as long as lost tells.
func excuse(lines []string, lost func() time.Duration) map[int]bool {
	if !slices.ContainsFunc(lines, func(line string) bool { _, is := heldUp(line); return is || lateTimer.MatchString(line) }) {
		return nil
	}
	had := lost()
	excused := map[int]bool{}
	take := func(first, last int, claimed time.Duration, ok bool) {
		if ok && had > 0 && 2*had >= claimed {
			for line := first; line <= last; line++ {
				excused[line] = true
			}
		}
	}
	for i := range lines {
		claimed, ok := heldUp(lines[i])
		take(i, i, claimed, ok)
	}
	for _, s := range splat.In(lines) {
		claimed, ok := heldUp(lines[s.First])
		if s.Kind == splat.Lockup {
			take(s.First, s.Last, claimed, ok)
		}
		take(s.First, s.Last, serverPeriod, isLateServer(s))
	}
	return excused
}

// serverPeriod is how long the deadline server may be late before it is a period
// behind (kernel/sched/deadline.c, sched_init_dl_servers).
const serverPeriod = time.Second

var lateTimer = regexp.MustCompile(`^WARNING: .* at hrtimer_forward\+`)

// isLateServer tells whether a report is of the deadline server's timer that came
// a period late: while dl_server_timer() brings the accounts up to date, the timer
// is armed anew, and hrtimer_forward() finds it queued (kernel/time/hrtimer.c,
// kernel/sched/deadline.c of 7.3). A module that forwards a timer which is queued
// has a report of its own: the deadline server is not on its trace.
func isLateServer(s splat.Splat) bool {
	return s.Kind == splat.Warning && s.Function == "hrtimer_forward" && s.Module == "" && slices.Contains(s.Trace, "dl_task_timer")
}
