// SPDX-License-Identifier: GPL-2.0-only

package splat

// locks are the reports of lockdep (kernel/locking/lockdep.c). Those that it
// prints to this day in brackets, and all before 4.13, begin with "[ ".
var locks = []headline{
	begins(Deadlock, "lockdep: $1", `WARNING: (possible .*(?:locking|lock|dependency).*)`),
	begins(Deadlock, "lockdep: $1", `WARNING: ((?:.*(?:lock state|unlock balance|contention detected|safe lock order|held lock|lock held|locks held|ested lock)|suspicious RCU usage).*)`),
	begins(Deadlock, "lockdep: $1", `\[ (?:BUG|INFO): (.*(?:lock|dependency|RCU usage|wait context).*?)[.!]? \]$`),
	begins(Deadlock, "lockdep: $1", `WARNING: (chain_key collision|circular locking deadlock detected).*`),
	begins(Deadlock, "lockdep: non-static key", `INFO: trying to register non-static key`),
	begins(Deadlock, "lockdep: suspicious RCU usage", `INFO: suspicious RCU usage`),
	says(Deadlock, "lockdep: $1", `BUG: (MAX_\w+ too low!|key .* (?:has not been registered|not in \.data)!)`),
}

// lockups tell who does not come back.
var lockups = []headline{
	anywhere(begins(Lockup, "soft lockup", `(?:(?:NMI )?watchdog: )?BUG: soft lockup (?:- CPU|detected on CPU)`)),                                                                        // kernel/watchdog.c
	anywhere(begins(Lockup, "hard lockup", `(?:NMI watchdog: |watchdog: )?(?:CPU\d+: )?Watchdog detected hard LOCKUP|watchdog: CPU \d+ (?:(?:self-)?detected hard LOCKUP|Hard LOCKUP)`)), // kernel/watchdog.c, watchdog_perf.c, arch/powerpc
	anywhere(says(Lockup, "workqueue lockup", `BUG: workqueue lockup - pool`)),                                                                                                           // kernel/workqueue.c
	anywhere(begins(Lockup, "hung task", `INFO: task .+ (?:blocked .*for more than|can't die (?:in|for) more than) \d+ seconds`)),                                                        // kernel/hung_task.c
	anywhere(begins(Lockup, "RCU stall", `(?:rcu: )?INFO: \S+ .*\bstall`)),                                                                                                               // kernel/rcu/tree_stall.h, tree_exp.h, tasks.h
	says(Lockup, "writeback takes long", `INFO: The task .* has been waiting for writeback completion for more than`),                                                                    // fs/fs-writeback.c
	begins(Lockup, "page allocation stall", `.{1,20}: page allocation stall for \d+ secs`),                                                                                               // mm/page_alloc.c
	says(Lockup, "a workqueue is not drained", `workqueue \S+: \w+\(\) isn't complete after \d+ tries`),                                                                                  // kernel/workqueue.c
	begins(Lockup, "a CPU does not answer", `smp: csd: \w+ non-responsive CSD lock`),                                                                                                     // kernel/smp.c
	says(Lockup, "unregister_netdevice: waiting for $1 to become free", `unregister_netdevice: waiting for (\S+) to become free`),                                                        // net/core/dev.c
	says(Lockup, "unregister_netdevice: waiting for $1 to become free", `.*unregister_netdevice: waiting for (\S+) to become free`),                                                      // the same, as another CPU leaves it
}
