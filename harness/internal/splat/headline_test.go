// SPDX-License-Identifier: GPL-2.0-only

package splat

import (
	"slices"
	"strings"
	"testing"

	"kmodlab/harness/internal/klog"

	"github.com/google/go-cmp/cmp"
)

// TestHeadlines holds what the kernels print in one line, each as one of 5.10,
// 6.1, 6.12 or 7.3 does, and what is heard of it.
func TestHeadlines(t *testing.T) {
	for line, want := range map[string]string{
		`irq 9: nobody cared (try booting with the "irqpoll" option)`:                                               "warning: nobody cared for an interrupt",
		"irq event 9: bogus return value ffffffff":                                                                  "warning: an interrupt handler returned nonsense",
		"softirq: huh, entered softirq 1 TIMER 0000000012345678 with preempt_count 00000100, exited with 00000101?": "bug: a softirq changed the preemption count (TIMER)",
		"kobject: kobject (00000000abcdef12): tried to init an initialized object, something is seriously wrong.":   "warning: kobject: tried to init an initialized object",
		"kobject (00000000abcdef12): tried to init an initialized object, something is seriously wrong.":            "warning: kobject: tried to init an initialized object",
		"kobject '(null)' (00000000abcdef12): tried to add an uninitialized object, something is seriously wrong.":  "warning: kobject: tried to add an uninitialized object",
		"resource: Trying to free nonexistent resource <0x300-0x307>":                                               "warning: a resource was freed that is none",
		"Trying to free nonexistent resource <0000000000000300-0000000000000307>":                                   "warning: a resource was freed that is none",
		"iounmap: bad address 00000000abcdef12":                                                                     "warning: iounmap of a bad address",
		"sysctl duplicate entry: /dev/m":                                                                            "warning: duplicate sysctl",
		"VFS: Busy inodes after unmount of loop0. Self-destruct in 5 seconds.  Have a nice day...":                  "warning: inodes are busy after unmount",
		"VFS: Busy inodes after unmount of loop0 (ext4)":                                                            "warning: inodes are busy after unmount",
		"NETDEV WATCHDOG: CPU: 0: transmit queue 0 timed out":                                                       "warning: NETDEV WATCHDOG: a transmit queue timed out",
		"e1000e 0000:00:1f.6 eth0: NETDEV WATCHDOG: CPU: 0: transmit queue 0 timed out 5000 ms":                     "warning: NETDEV WATCHDOG: a transmit queue timed out",
		"insmod: vmalloc error: size 1099511627776, exceeds total pages, mode:0xcc0(GFP_KERNEL), nodemask=(null)":   "memory: vmalloc failure",
		"[ BUG: Invalid wait context ]":                                                                             "deadlock: lockdep: Invalid wait context",
		"WARNING: insmod/81 still has locks held!":                                                                  "deadlock: lockdep: insmod/81 still has locks held!",
		"segment-related general protection fault: 0008 [#1] SMP":                                                   "oops: segment-related general protection fault",
		"invalid TSS: 0000 [#1] SMP NOPTI":                                                                          "oops: invalid TSS",
		"segment not present: 0000 [#1] SMP NOPTI":                                                                  "oops: segment not present",
		"simd exception: 0000 [#1] SMP NOPTI":                                                                       "oops: simd exception",
		"Bad pagetable: 0009 [#1] SMP NOPTI":                                                                        "oops: Bad pagetable",
		"Oops: divide error: 0000 [#1] SMP":                                                                         "oops: divide error",
		"Oops: general protection fault, probably for non-canonical address 0x6b6b6b6b6b6b6b6b: 0000 [#1] SMP":      "oops: general protection fault",
		"Internal error: Oops: 0000000096000004 [#1] SMP":                                                           "oops: Oops",
		"Internal error: Oops - BUG: 00000000f2000800 [#1] SMP":                                                     "oops: Oops",
		"Internal error: synchronous external abort: 0000000096000010 [#1] SMP":                                     "oops: synchronous external abort",
		"Unable to handle kernel NULL pointer dereference at virtual address 0000000000000010":                      "oops: NULL pointer dereference",
		"Unable to handle kernel paging request at virtual address dead000000000122":                                "oops: bad page fault",
		"BUG: unable to handle kernel NULL pointer dereference at 0000000000000008":                                 "oops: NULL pointer dereference",
		"Oops [#1]":                                                                                      "oops: Oops",
		"Oops: 0004 ilc:2 [#1] SMP":                                                                      "oops: Oops",
		"addressing exception: 0005 ilc:3 [#1]":                                                          "oops: addressing exception",
		"Kernel BUG [#1]":                                                                                "bug: kernel BUG",
		"hello: loading test module taints kernel.":                                                      "taint: taint: test module",
		"hello: bad vermagic: kernel tainted.":                                                           "taint: taint: bad vermagic",
		"BUG: KASAN: double-free or invalid-free in kfree+0x10/0x20":                                     "sanitizer: KASAN: double-free or invalid-free in kfree",
		"BUG: KCSAN: data-race in f+0x1/0x2 / g+0x3/0x4":                                                 "sanitizer: KCSAN: data-race in f / g",
		"BUG: memory leak":                                                                               "sanitizer: kmemleak: memory leak",
		"BUG m cache (Tainted: G    B      O ): Poison overwritten":                                      "memory: slab: Poison overwritten",
		"BUG kmalloc-64 (Not tainted): Redzone overwritten":                                              "memory: slab: Redzone overwritten",
		"a b invoked oom-killer: gfp_mask=0xcc0(GFP_KERNEL), order=0, oom_score_adj=0":                   "memory: out of memory",
		"Out of memory and no killable processes...":                                                     "memory: out of memory",
		"Memory cgroup out of memory: Killed process 12 (a)":                                             "memory: out of memory",
		"BUG: Dentry 00000000abcdef12{i=1b,n=file}  still in use (1) [unmount of ext4 loop0]":            "bug: BUG: Dentry",
		"BUG: using smp_processor_id() in preemptible [00000000] code: insmod/81":                        "bug: BUG: using smp_processor_id() in preemptible code",
		"BUG: spinlock bad magic on CPU#0, insmod/81":                                                    "bug: BUG: spinlock bad magic",
		"BUG: workqueue leaked lock or atomic: kworker/0:1/0x00000001/12":                                "bug: BUG: workqueue leaked lock or atomic",
		"INFO: task a b:12 blocked in I/O wait for more than 120 seconds.":                               "lockup: hung task",
		"rcu: INFO: rcu_preempt detected expedited stalls on CPUs/tasks: { 0-...D } 21 jiffies s: 1":     "lockup: RCU stall",
		"smp: csd: Detected non-responsive CSD lock (#1) on CPU#0, waiting 5000 ns for CPU#01 f+0x1/0x2": "lockup: a CPU does not answer",
		"skbuff: skb_over_panic: text:ffffffffc0201000 len:1 put:1":                                      "bug: skb_over_panic",
	} {
		splats := In([]string{line})
		if len(splats) != 1 || string(splats[0].Kind)+": "+splats[0].Title != want {
			t.Errorf("In(%q) = %s; want %s", line, describe(splats), want)
		}
	}
}

// TestNoHeadlines holds what looks like trouble and is none, or not the kernel's.
func TestNoHeadlines(t *testing.T) {
	for _, line := range []string{
		"hello: test module loaded",
		"m: Oops, no config",
		"Oops, no config",
		"Out of memory in my pool",
		"Internal error: fw",
		"WARNING: fbcon: Driver 'x' missed to adjust virtual screen size",
		"WARNING: the mand mount option has been deprecated and",
		"workqueue: cpumask: online intersect > possible intersect",
		"m: kernel BUG at nothing",
		"m: BUG: KASAN: in my words",
		"m: kernel BUG at fs/inode.c:12!",
		"m: BUG: KASAN: use-after-free in f+0x1/0x2",
		"INFO: lockdep is turned off.",
		"INFO: NMI handler (perf_event_nmi_handler) took too long to run: 1.5 msecs",
		"debugfs: Directory 'x' with parent 'y' already present!",
		"[Firmware Bug]: the BIOS has corrupted hw-PMU resources",
		"a: b: 0001 [12]",
	} {
		if got := In([]string{line}); len(got) > 0 {
			t.Errorf("In(%q) = %s; want none", line, describe(got))
		}
	}
}

// TestOthers holds that what the kernel did not print is not believed: a console's
// lines without a stamp among others with one, and records of another facility.
func TestOthers(t *testing.T) {
	const report = "WARNING: CPU: 0 PID: 1 at m.c:1 f+0x1/0x2 [m]"
	if got := find("[    1.000000] m: before\n" + report + "\n[    2.000000] m: after\n12,1,1,-;" + report); len(got) > 0 {
		t.Errorf("Find() = %s; want none", describe(got))
	}
	if got := find("[    1.000000] m: before\n[    1.500000] " + report); len(got) != 1 {
		t.Errorf("Find() = %s; want the kernel's own", describe(got))
	}
}

// TestBehindOtherText holds headlines that do not begin their line.
func TestBehindOtherText(t *testing.T) {
	for line, want := range map[string]string{
		"m: half a lineBUG: KASAN: use-after-free in f+0x1/0x2 [m]":                                                       "KASAN: use-after-free in f [m]",
		"** 3 printk messages dropped ** kernel BUG at fs/inode.c:12!":                                                    "kernel BUG",
		"** 12 printk messages dropped ** [    1.000000] BUG: kernel NULL pointer dereference, address: 0000000000000008": "NULL pointer dereference",
		"root@vm:~# [    1.000000] WARNING: CPU: 0 PID: 1 at m.c:1 f+0x1/0x2 [m]":                                         "WARNING in f [m]",
		"[    1.000000] m: half a line[    1.000001] BUG: soft lockup - CPU#0 stuck for 22s! [insmod:81]":                 "soft lockup",
	} {
		got := find(line)
		if len(got) != 1 || got[0].Title != want {
			t.Errorf("Find(%q) = %s; want %s", line, describe(got), want)
		}
	}
}

// TestCallers holds that reports of two CPUs are told apart where lines tell who
// printed them.
func TestCallers(t *testing.T) {
	got := find(strings.Join([]string{
		"[    1.000000][  T81] BUG: kernel NULL pointer dereference, address: 0000000000000008",
		"[    1.000001][  T82] BUG: KASAN: slab-out-of-bounds in g+0x1/0x2 [n]",
		"[    1.000002][  T81] Oops: 0002 [#1] SMP",
		"[    1.000003][  T82] Write of size 8 at addr ffff888004f07b40 by task b/82",
		"[    1.000004][  T81] RIP: 0010:f+0x1/0x2 [m]",
		"[    1.000005][  T82] Call Trace:",
		"[    1.000006][  T81] Call Trace:",
		"[    1.000007][  T82]  dump_stack_lvl+0x1/0x2",
		"[    1.000008][  T81]  caller_of_f+0x1/0x2 [m]",
		"[    1.000009][  T82]  g+0x1/0x2 [n]",
		"[    1.000010][  T83] another task's line",
		"[    1.000011][  T81] ---[ end trace 0000000000000000 ]---",
	}, "\n"))
	var titles []string
	for _, s := range got {
		titles = append(titles, s.Title)
	}
	if diff := cmp.Diff([]string{"NULL pointer dereference in f [m]", "KASAN: slab-out-of-bounds in g [n]"}, titles); diff != "" {
		t.Errorf("Find(): (-want +got)\n%s", diff)
	}
}

// TestMessage holds which line becomes the message of a WARN().
func TestMessage(t *testing.T) {
	warn := func(message string, level int) []klog.Line {
		return []klog.Line{
			{N: 1, Level: 4, Text: "------------[ cut here ]------------"},
			{N: 2, Level: level, Text: message},
			{N: 3, Level: 4, Text: "WARNING: CPU: 0 PID: 1 at m.c:1 f+0x1/0x2 [m]"},
		}
	}
	for name, tt := range map[string]struct {
		lines []klog.Line
		want  string
	}{
		"its own":              {warn("m: number 1", 4), "WARNING in f [m]: m: number 1"},
		"its own, more urgent": {warn("m: number 1", 3), "WARNING in f [m]: m: number 1"},
		"level unknown":        {warn("m: number 1", -1), "WARNING in f [m]: m: number 1"},
		"another task's":       {warn("eth0: link is up", 6), "WARNING in f [m]"},
	} {
		t.Run(name, func(t *testing.T) {
			got := slices.Collect(Find(slices.Values(tt.lines)))
			if len(got) != 1 || got[0].Title != tt.want {
				t.Errorf("Find() = %s; want %s", describe(got), tt.want)
			}
		})
	}
}

// TestStackDump holds what is heard of a stack dump without a headline.
func TestStackDump(t *testing.T) {
	dump := func(frames ...string) []string {
		return append([]string{"CPU: 0 UID: 0 PID: 81 Comm: insmod Not tainted 6.12.0 #1", "Hardware name: QEMU", "Call Trace:", " <TASK>", " dump_stack_lvl+0x1/0x2"}, frames...)
	}
	for name, tt := range map[string]struct {
		before string
		lines  []string
		want   []string
	}{
		"of the kernel":         {"something is odd with 12", dump(" odd_thing+0x1/0x2", " m_init+0x1/0x2 [m]"), []string{"stack dump in odd_thing, called by m_init [m]: something is odd with 12"}},
		"of a module":           {"m: this is where I am", dump(" m_init+0x1/0x2 [m]", " do_one_initcall+0x1/0x2"), nil},
		"asked for":             {"sysrq: Show backtrace of all active CPUs", dump(" sysrq_handle_showallcpus+0x1/0x2"), nil},
		"without a trace":       {"x", dump()[:2], nil},
		"of a CPU asked by NMI": {"NMI backtrace for cpu 1", dump(" f+0x1/0x2"), nil},
	} {
		t.Run(name, func(t *testing.T) {
			var got []string
			for _, s := range In(append([]string{tt.before}, tt.lines...)) {
				got = append(got, s.Title)
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("In(): (-want +got)\n%s", diff)
			}
		})
	}
}

// TestInterrupted holds that a CPU that was asked where it is is where it was before
// an interrupt came in, unless a module is at work there.
func TestInterrupted(t *testing.T) {
	before := []string{"Kernel panic - not syncing: NMI: Not continuing", "Call Trace:", " dump_stack_lvl+0x1/0x2", " exc_nmi+0x1/0x2"}
	after := []string{" asm_sysvec_apic_timer_interrupt+0x1/0x2", " m_init+0x1/0x2 [m]"}
	for between, want := range map[string]string{
		" timekeeping_advance+0x1/0x2": "m_init [m]",
		" n_timer+0x1/0x2 [n]":         "n_timer [n]",
	} {
		got := In(slices.Concat(before, []string{between}, after))
		if len(got) != 1 || got[0].Title != "Kernel panic: "+FoundByNMI+" in "+want {
			t.Errorf("with %q: %s; want it in %s", between, describe(got), want)
		}
	}
}

// TestFollows holds which trouble only follows from trouble before it.
func TestFollows(t *testing.T) {
	for name, tt := range map[string]struct {
		lines []string
		want  []bool
	}{
		"a panic after an Oops":   {[]string{"Oops: 0002 [#1] SMP", "RIP: 0010:f+0x1/0x2 [m]", "Kernel panic - not syncing: Fatal exception"}, []bool{false, true}},
		"a panic of its own":      {[]string{"Oops: 0002 [#1] SMP", "RIP: 0010:f+0x1/0x2 [m]", "Kernel panic - not syncing: m: as asked"}, []bool{false, false}},
		"the second Oops":         {[]string{"Oops: 0002 [#1] SMP", "---[ end trace 0000000000000000 ]---", "BUG: unable to handle page fault for address: 1", "Oops: 0002 [#2] SMP"}, []bool{false, true}},
		"a recursive fault":       {[]string{"Oops: 0002 [#1] SMP", "---[ end trace 0000000000000000 ]---", "Fixing recursive fault but reboot is needed!"}, []bool{false, true}},
		"a warning after an Oops": {[]string{"Oops: 0002 [#1] SMP", "---[ end trace 0000000000000000 ]---", "WARNING: CPU: 0 PID: 1 at m.c:1 f+0x1/0x2", "CPU: 0 PID: 1 Comm: a Tainted: G      D"}, []bool{false, true}},
		"a log that begins late":  {[]string{"BUG: unable to handle page fault for address: 1", "Oops: 0002 [#2] SMP"}, []bool{false}},
	} {
		t.Run(name, func(t *testing.T) {
			var got []bool
			for _, s := range In(tt.lines) {
				got = append(got, s.Follows)
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("In(): (-want +got)\n%s", diff)
			}
		})
	}
}
