// SPDX-License-Identifier: GPL-2.0-only

package splat

// misuses are complaints about who called: an interface was used as it must not
// be, and the kernel refuses, ignores it or goes on as well as it can. device is
// what dev_err() and netdev_err() put before their text.
var misuses = []headline{
	// Names and objects.
	begins(Warning, "duplicate name in sysfs", `sysfs: cannot create duplicate filename`), // fs/sysfs/dir.c
	begins(Warning, "duplicate sysctl", `sysctl duplicate entry: `),                       // fs/proc/proc_sysctl.c
	begins(Warning, "invalid sysctl", `sysctl table check failed: `),                      // the same
	begins(Warning, "kobject: $1", `(?:kobject: )?kobject(?: '.*')? \(\S+\): (tried to (?:init|add) an \w+ object|invalid kobject pointer!|must have a ktype to be initialized properly!)`), // lib/kobject.c
	begins(Warning, "kobject: $1", `kobject: \(\S+\): (attempted to be registered with empty name!)`),                                                                                       // the same
	// Two drivers of the kernel's own have the name pcspkr (drivers/input/misc/pcspkr.c,
	// sound/drivers/pcsp/pcsp.c), and a PC has both.
	except(says(Warning, "a driver was registered twice", `Error: Driver '.*' is already registered, aborting`), `Error: Driver 'pcspkr' `),                // drivers/base/driver.c
	says(Warning, "a driver of a bus that is not registered", `Driver '.*' was unable to register with bus_type '.*' because the bus was not initialized`), // the same
	says(Warning, "$1() returned a bad count", `(?:dev_attr_show|fill_read_buffer): (\w+).* returned bad count`),                                           // drivers/base/core.c, fs/sysfs/file.c
	says(Warning, "runtime PM: usage count underflow", device+`Runtime PM usage count underflow!`),                                                         // drivers/base/power/runtime.c
	says(Warning, "runtime PM: unbalanced $1", device+`Unbalanced (pm_runtime_enable)!`),                                                                   // the same

	// Interrupts and resources.
	begins(Warning, "nobody cared for an interrupt", `irq \d+: nobody cared`),                                                                    // kernel/irq/spurious.c
	begins(Warning, "an interrupt handler returned nonsense", `irq event \d+: bogus return value`),                                               // the same
	says(Warning, "an interrupt handler returned IRQ_WAKE_THREAD without a thread", `IRQ \d+ device .* returned IRQ_WAKE_THREAD but no thread`),  // kernel/irq/handle.c
	says(Warning, "a threaded interrupt without a handler and without ONESHOT", `genirq: Threaded irq requested with handler=NULL and !ONESHOT`), // kernel/irq/manage.c
	says(Bug, "an interrupt thread exited", `genirq: exiting task ".*" \(\d+\) is an active IRQ thread`),                                         // the same
	says(Warning, "a resource was freed that is none", `(?:resource: )?Trying to free nonexistent resource <`),                                   // kernel/resource.c
	begins(Warning, "iounmap of a bad address", `iounmap: bad address `),                                                                         // arch/x86/mm/ioremap.c
	announcing(Warning, "ioremap of an invalid address", `ioremap: invalid physical address `),                                                   // the same
	begins(Warning, "unchecked MSR access", `unchecked MSR access error`),                                                                        // arch/x86/mm/extable.c
	says(Bug, "a callback was sent to a CPU that is off", `smp: IPI (?:callback|task-wakeup).* sent to offline CPU`),                             // kernel/smp.c
	begins(Warning, "a negative timeout", `(?:\w+): wrong timeout value `),                                                                       // kernel/time/timer.c

	// Memory.
	says(Memory, "an RCU callback was queued twice", `(?:rcu: )?\w+\(\): Double-freed CB `),                                                                                       // kernel/rcu/tree.c
	says(Memory, "$1 of a DMA pool", `(?:.*: )?((?:dma_)?pool_\w+) \S+.*(?: \(bad vaddr\)| \(bad dma\)| already free| \(corrupted\)| busy$)`),                                     // mm/dmapool.c
	begins(Memory, "pagealloc: $1", `pagealloc: (memory corruption|single bit error)`),                                                                                            // mm/page_poison.c
	begins(Memory, "kmem_cache_create() was refused", `kmem_cache_create\w*\(.*\) (?:integrity check failed|failed with error)|__kmem_cache_create_args\(.*\) failed with error`), // mm/slab_common.c
	begins(Memory, "an allocation with flags that cannot be", `Unexpected gfp: .* Fix your code!`),                                                                                // the same
	says(Memory, "a module left allocations behind", `\S+: memory allocation\(s\) from the module still alive`),                                                                   // kernel/module/main.c
	says(Memory, "page_pool: $1", `\w+\(\) (?:page_pool )?(refcnt -?\d+ violation|stalled pool shutdown)`),                                                                        // net/core/page_pool.c
	says(Memory, "a reference was released twice", `(?:ref_tracker: )?reference already released\.`),                                                                              // lib/ref_tracker.c
	says(Memory, "a netlink socket was freed alive", `Freeing alive netlink socket`),                                                                                              // net/netlink/af_netlink.c
	says(Memory, "a fasync_struct was written over", `kill_fasync: bad magic number`),                                                                                             // fs/fcntl.c

	// Files, network, the rest.
	says(Warning, "inodes are busy after unmount", `VFS: Busy inodes after unmount of `),                                                       // fs/super.c
	says(Bug, "a file was closed twice", `VFS: Close: file count is 0`),                                                                        // fs/open.c
	says(Bug, "file locks were left", `Leaked (?:\w+ lock|locks) on dev=`),                                                                     // fs/locks.c
	begins(Warning, "NETDEV WATCHDOG: a transmit queue timed out", `(?:.*: )?NETDEV WATCHDOG: .*transmit queue \d+ timed out`),                 // net/sched/sch_generic.c
	says(Warning, "NAPI: a poll went over its budget", device+`NAPI poll function \S+ returned \d+, exceeding its budget`),                     // net/core/dev.c
	says(Warning, "NAPI: a poll went over its budget", `\S+: Budget exhausted after napi rescheduled`),                                         // the same
	says(Warning, "dev_remove_pack() of what is not there", `dev_remove_pack: \S+ not found`),                                                  // the same
	begins(Warning, "hardware checksum failure", `(?:\S.*: )?hw csum failure`),                                                                 // the same
	says(Bug, "neighbour: $1", `(?:neighbour: |NEIGH: )(Destroying alive neighbour|Impossible event|neighbour leakage|BUG, double timer add)`), // net/core/neighbour.c
	announcing(Bug, "$1", `skbuff: (skb_(?:over|under)_panic): `),                                                                              // net/core/skbuff.c
	says(Bug, "psi: $1", `psi: (inconsistent task state|task underflow)!`),                                                                     // kernel/sched/psi.c
	says(Bug, "a parameter's handler enabled interrupts", `\S+: option '.*' enabled irq's!`),                                                   // kernel/params.c
	begins(Warning, "init returned a positive value", `(?:\S+: )?'\w+'->init suspiciously returned`),                                           // kernel/module/main.c
}

const device = `(?:\S+ .*: )?`
