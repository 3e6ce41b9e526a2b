// SPDX-License-Identifier: GPL-2.0-only

package kmsg

import (
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"kmodlab/harness/internal/klog"

	"github.com/google/go-cmp/cmp"
)

func records(lines ...string) []Record {
	var all []Record
	for i, line := range lines {
		all = append(all, Record{Seq: uint64(i), Text: line})
	}
	return all
}

func texts(records []Record) []string {
	var all []string
	for _, r := range records {
		all = append(all, r.Text)
	}
	return all
}

// A line by which a kernel complains of its clock is left out when the VM was
// kept from running for about that long, and only then.
func TestHeldUp(t *testing.T) {
	const module = "m: hello"
	for name, tt := range map[string]struct {
		line   string
		claims time.Duration // what the line says
	}{
		"a timer was set too late": {"CE: hpet increased min_delta_ns to 128142 nsec", 128142},
		"timers":                   {"hrtimer: interrupt took 2315359458 ns", 2315359458},
		"deadline server":          {"sched: DL replenish lagged too much", 100 * time.Millisecond},
		"skew":                     {"clocksource: timekeeping watchdog on CPU0: Marking clocksource 'tsc' as unstable because the skew is too large:", time.Millisecond},
		"read-back delay":          {"clocksource: timekeeping watchdog on CPU1: hpet wd-wd read-back delay of 125000ns", time.Millisecond},
		"work item":                {"workqueue: work_fn [m] hogged CPU for >10000us 4 times, consider switching to WQ_UNBOUND", 10 * time.Millisecond},
		"performance counter":      {"perf: interrupt took too long (2500000 > 2000000), lowering kernel.perf_event_max_sample_rate to 50000", 2500 * time.Microsecond},
		"soft lockup":              {"watchdog: BUG: soft lockup - CPU#0 stuck for 22s! [insmod:88]", 22 * time.Second},
		"soft lockup of 5.10":      {"BUG: soft lockup - CPU#1 stuck for 26s! [kworker/1:1:33]", 26 * time.Second},
		"workqueue lockup":         {"BUG: workqueue lockup - pool cpus=0 node=0 flags=0x0 nice=0 stuck for 31s!", 31 * time.Second},
		"hung task":                {"INFO: task insmod:88 blocked for more than 120 seconds.", 120 * time.Second},
		"RCU stall":                {"rcu: INFO: rcu_preempt detected stalls on CPUs/tasks:", 21 * time.Second},
		"RCU stall, itself":        {"rcu: INFO: rcu_sched self-detected stall on CPU", 21 * time.Second},
	} {
		t.Run(name, func(t *testing.T) {
			for lost, want := range map[time.Duration][]string{
				0:               {module, tt.line},
				tt.claims/2 - 1: {module, tt.line},
				tt.claims / 2:   {module},
				tt.claims * 3:   {module},
			} {
				kept, complaints := HeldUp(records(module, tt.line), func() time.Duration { return lost })
				if diff := cmp.Diff(want, texts(kept)); diff != "" || len(kept)+len(complaints) != 2 {
					t.Errorf("HeldUp, kept for %v: (-want +got)\n%s; %d complaints", lost, diff, len(complaints))
				}
			}
		})
	}
}

// The report goes with the complaint, and what another one says stays.
func TestHeldUpTakesTheReport(t *testing.T) {
	log := records(
		"m: before",
		"watchdog: BUG: soft lockup - CPU#0 stuck for 22s! [insmod:88]",
		"Modules linked in: m(OE+)",
		"CPU: 0 PID: 88 Comm: insmod Tainted: G OE 6.12.1 #1",
		"RIP: 0010:m_init+0x12/0x20 [m]",
		"Call Trace:",
		" <TASK>",
		" do_one_initcall+0x40/0x200",
		" </TASK>",
		"m: after",
		"WARNING: CPU: 0 PID: 88 at /m.c:12 m_init+0x12/0x20 [m]",
	)
	kept, complaints := HeldUp(log, func() time.Duration { return 20 * time.Second })
	want := []string{"m: before", "m: after", "WARNING: CPU: 0 PID: 88 at /m.c:12 m_init+0x12/0x20 [m]"}
	if diff := cmp.Diff(want, texts(kept)); diff != "" || len(complaints) != 8 {
		t.Errorf("HeldUp: (-want +got)\n%s; %d complaints, want 8", diff, len(complaints))
	}
}

// TestHeldUpServer holds that the report of a timer that came a period late is
// excused where the VM was kept that long, and that of a module's timer is not.
func TestHeldUpServer(t *testing.T) {
	text, err := os.ReadFile("../splat/testdata/splats/late-server-7.3.txt")
	if err != nil {
		t.Fatal(err)
	}
	var late, ours []string
	for line := range klog.Text(string(text)) {
		if line.Stamped && !strings.Contains(line.Text, "DL replenish") {
			late = append(late, line.Text)
			ours = append(ours, strings.ReplaceAll(line.Text, "dl_task_timer+0x35b/0x8b0", "m_timer+0x35b/0x8b0 [m]"))
		}
	}
	for name, tt := range map[string]struct {
		lines []string
		lost  time.Duration
		want  bool
	}{
		"kept from running":          {late, 30 * time.Second, true},
		"hardly kept":                {late, 100 * time.Millisecond, false},
		"a module's timer, and kept": {ours, 30 * time.Second, false},
	} {
		t.Run(name, func(t *testing.T) {
			_, complaints := HeldUp(records(tt.lines...), func() time.Duration { return tt.lost })
			excused := slices.ContainsFunc(complaints, func(r Record) bool { return strings.HasPrefix(r.Text, "WARNING: kernel/time/hrtimer.c") })
			if excused != tt.want {
				t.Errorf("HeldUp(%d lines): excused %t; want %t", len(tt.lines), excused, tt.want)
			}
		})
	}
}

// What user space writes, and what only looks like it, is no complaint; and
// nobody is asked how long the VM was kept when there is none.
func TestHeldUpAsksOnlyWhenThereIsOne(t *testing.T) {
	log := records("m: hrtimer: interrupt took 5 ns", "m: stuck for 22s!", "BUG: soft lockup of my own")
	log = append(log, Record{Seq: 9, Facility: 1, Text: "sched: DL replenish lagged too much"})
	kept, complaints := HeldUp(log, func() time.Duration {
		t.Error("it asks how long the VM was kept; want no question")
		return time.Hour
	})
	if len(kept) != len(log) || len(complaints) != 0 {
		t.Errorf("HeldUp keeps %v, leaves out %v; want all kept", texts(kept), texts(complaints))
	}
}
