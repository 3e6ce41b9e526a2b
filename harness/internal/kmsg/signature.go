// SPDX-License-Identifier: GPL-2.0-only

package kmsg

import "regexp"

// signature is how a report of trouble begins.
type signature struct {
	kind Kind
	// what is the title's first half, with $1 ... for the pattern's groups.
	what    string
	pattern *regexp.Regexp
	// located tells that the function in which it happened belongs to the title.
	located bool
	// announces tells that the line is printed before the report proper: BUG()
	// or WARN() with a report of their own follow.
	announces bool
}

// begins returns the signature of reports whose title ends with a function.
func begins(kind Kind, what, pattern string) signature {
	return signature{kind: kind, what: what, pattern: starting(pattern), located: true}
}

// says returns the signature of reports whose first line says all.
func says(kind Kind, what, pattern string) signature {
	return signature{kind: kind, what: what, pattern: starting(pattern)}
}

// announcing returns the signature of lines that come before a BUG() or WARN().
func announcing(kind Kind, what, pattern string) signature {
	s := begins(kind, what, pattern)
	s.announces = true
	return s
}

// signatures in order: the first that matches a line names it. The texts are
// those of the kernel's printing functions; the file of each is named.
var signatures = []signature{
	begins(Panic, "Kernel panic: "+FoundByNMI, `Kernel panic - not syncing: NMI: Not continuing`), // arch/x86/kernel/nmi.c
	says(Panic, "Kernel panic: $1", `Kernel panic - not syncing: (.*)`),                           // kernel/panic.c

	// Sanitizers.
	begins(Sanitizer, "KASAN: $1", `BUG: KASAN: (\S+)`),                                                                                                 // mm/kasan/report.c
	says(Sanitizer, "KCSAN: $1", `BUG: KCSAN: (.*)`),                                                                                                    // kernel/kcsan/report.c
	begins(Sanitizer, "KMSAN: $1", `BUG: KMSAN: (\S+)`),                                                                                                 // mm/kmsan/report.c
	begins(Sanitizer, "KFENCE: $1", `BUG: KFENCE: (.*?) in `),                                                                                           // mm/kfence/report.c
	begins(Sanitizer, "KFENCE: invalid free", `BUG: KFENCE: invalid free`),                                                                              // mm/kfence/report.c
	begins(Sanitizer, "UBSAN: $1", `UBSAN: (.*?)(?: in \S+)?$`),                                                                                         // lib/ubsan.c
	says(Sanitizer, "kmemleak: suspected memory leaks", `kmemleak: \d+ new suspected memory leaks`),                                                     // mm/kmemleak.c
	begins(Deadlock, "lockdep: $1", `WARNING: (possible .*(?:locking|lock|dependency).*)`),                                                              // kernel/locking/lockdep.c
	begins(Deadlock, "lockdep: $1", `WARNING: (.*(?:lock state|unlock balance|safe lock order|held lock|lock held|ested lock|suspicious RCU usage).*)`), // the same
	begins(Deadlock, "lockdep: non-static key", `INFO: trying to register non-static key`),                                                              // the same

	// Who does not come back.
	begins(Lockup, "soft lockup", `(?:watchdog: )?BUG: soft lockup - CPU`),                                                        // kernel/watchdog.c
	begins(Lockup, "hard lockup", `(?:NMI watchdog: |watchdog: )?(?:CPU\d+: )?Watchdog detected hard LOCKUP`),                     // kernel/watchdog.c, watchdog_perf.c
	says(Lockup, "workqueue lockup", `BUG: workqueue lockup - pool`),                                                              // kernel/workqueue.c
	begins(Lockup, "hung task", `INFO: task .+ blocked .*for more than \d+ seconds`),                                              // kernel/hung_task.c
	begins(Lockup, "RCU stall", `(?:rcu: )?INFO: \S+ .*\bstall`),                                                                  // kernel/rcu/tree_stall.h, tree_exp.h
	says(Lockup, "unregister_netdevice: waiting for $1 to become free", `unregister_netdevice: waiting for (\S+) to become free`), // net/core/dev.c

	// Memory that was written over or ran out.
	announcing(Memory, "$1", `(list_(?:add|del) (?:corruption|double add))`),                                                               // lib/list_debug.c
	announcing(Memory, "hardened usercopy: $1", `usercopy: (Kernel memory \S+ attempt)`),                                                   // mm/usercopy.c
	announcing(Memory, "buffer overflow in $1", `detected buffer overflow in (\w+)`),                                                       // lib/string_helpers.c
	announcing(Memory, "slab: $1", `BUG [\w:.-]+ \(.*?\): (.*)`),                                                                           // mm/slub.c
	begins(Memory, "$1", `BUG: (Bad (?:page state|page map|page cache|rss-counter state))`),                                                // mm/page_alloc.c, memory.c, kernel/fork.c
	begins(Memory, "out of memory", `\S+ invoked oom-killer:|Out of memory(?: and no killable processes)?\b|Memory cgroup out of memory:`), // mm/oom_kill.c
	begins(Memory, "page allocation failure", `\S+: page allocation failure: `),                                                            // mm/page_alloc.c
	says(Memory, "stack end overrun", `Thread overran stack, or stack corrupted`),                                                          // arch/x86/mm/fault.c

	// Faults. The lines that stand before the number of the Oops are announcements.
	begins(Oops, "execution of unmapped or user memory", `kernel tried to execute NX-protected page|unable to execute userspace code`),      // arch/x86/mm/fault.c
	begins(Oops, "NULL pointer dereference", `BUG: kernel NULL pointer dereference`),                                                        // the same
	begins(Oops, "bad page fault", `BUG: unable to handle`),                                                                                 // the same
	begins(Oops, "kernel stack overflow", `BUG: .*stack guard page was hit|Insufficient stack space to handle exception`),                   // arch/x86/kernel/traps.c, dumpstack.c
	begins(Oops, "kernel stack overflow", `(?:Oops: )?(?:kernel stack overflow|stack guard page)`),                                          // the same
	begins(Oops, "double fault", `traps: PANIC: double fault|(?:Oops: )?double fault`),                                                      // the same
	begins(Oops, "general protection fault", `(?:Oops: )?general protection fault`),                                                         // the same
	begins(Oops, "$1", `(?:Oops: )?(int3|divide error|invalid opcode|stack segment|bounds|alignment check|control protection)\b.*\[#\d+\]`), // the same
	begins(Oops, "missing ENDBR", `(?:traps: )?Missing ENDBR`),                                                                              // arch/x86/kernel/cet.c
	begins(Oops, "Oops", `Oops\b|Internal error: |Unable to handle kernel|Fixing recursive fault`),                                          // arch/*/kernel, kernel/exit.c

	// BUG.
	begins(Bug, "kernel BUG", `kernel BUG at `),                                                         // arch/x86/kernel/traps.c, lib/bug.c
	begins(Bug, "scheduling while atomic", `BUG: scheduling while atomic`),                              // kernel/sched/core.c
	begins(Bug, "sleeping in an invalid context", `BUG: sleeping function called from invalid context`), // kernel/sched/core.c
	begins(Bug, "BUG: $1", `BUG: (.*?)(?:[:,].*)?$`),                                                    // everything else
	says(Bug, "a task exited with $1", `note: \S+ exited with (preempt_count|irqs disabled)`),           // kernel/exit.c

	// WARN and what is printed like it.
	begins(Warning, "WARNING", `WARNING: `),                                                                                  // kernel/panic.c, lib/bug.c
	begins(Warning, "duplicate name in sysfs", `sysfs: cannot create duplicate filename`),                                    // fs/sysfs/dir.c
	begins(Warning, "unchecked MSR access", `unchecked MSR access error`),                                                    // arch/x86/mm/extable.c
	begins(Warning, "init returned a positive value", `(?:\S+: )?'\w+'->init suspiciously returned`),                         // kernel/module/main.c
	says(Taint, "taint: $1", `(?:\S+: )?module license '(.*?)' taints kernel`),                                               // kernel/module/main.c
	says(Taint, "taint: $1", `\S+: (?:module is from the )?(staging directory|test module|forced load|\S+: kernel tainted)`), // the same
}

// classify returns the signature of a line, or nil.
func classify(text string) *signature {
	for i := range signatures {
		if signatures[i].pattern.MatchString(text) {
			return &signatures[i]
		}
	}
	return nil
}
