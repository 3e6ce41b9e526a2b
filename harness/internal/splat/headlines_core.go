// SPDX-License-Identifier: GPL-2.0-only

package splat

// cores are complaints of the core about what it finds: something that a driver
// registered, counted or freed wrongly, long before.
var cores = []headline{
	// Processors and the kernel's own text.
	announcing(Bug, "the kernel's text is not as expected", `jump_label: Fatal kernel bug, unexpected op at|Bad trampoline accounting at: `),                               // arch/x86/kernel/jump_label.c, kernel/trace/ftrace.c
	announcing(Bug, "a return address was lost", `(?:kprobes: )?kretprobe: Return address not found|kretprobe is stacked incorrectly|rethook: .*Return address not found`), // kernel/kprobes.c, trace/rethook.c
	announcing(Memory, "corrupted page table", `.{1,15}: Corrupted page table at address`),                                                                                 // arch/x86/mm/fault.c
	says(Warning, "a CPU was left with interrupts on", `CPU \d+ left hardirqs enabled!`),                                                                                   // kernel/locking/lockdep.c
	says(Deadlock, "too many locks in a chain", `Maximum lock depth \d+ reached task: `),                                                                                   // kernel/locking/rtmutex.c
	begins(Lockup, "a CPU does not reschedule", `sched: CPU \d+ need_resched set for > `),                                                                                  // kernel/sched/debug.c
	says(Warning, "a DMA channel was freed that is free", `Trying to free (?:free )?DMA\d`),                                                                                // kernel/dma.c
	announcing(Warning, "ODEBUG: wrong annotation", `ODEBUG: object .* (?:is NOT on stack .* but|is on stack .* but NOT) annotated`),                                       // lib/debugobjects.c

	// Memory.
	announcing(Memory, "corrupted credentials", `CRED: Invalid (?:process )?credentials`), // kernel/cred.c
	says(Memory, "DMA memory leaks", `leaking DMA memory that can't be `),                 // kernel/dma/direct.c
	announcing(Memory, "a percpu_ref was dropped too often", `.*percpu_ref underflow`),    // lib/percpu-refcount.c
	begins(Sanitizer, "kmemleak: told of an object that is not there", `kmemleak: (?:.* unknown object at |Cannot insert .* into the object search tree|Found object by alias|Scan area larger than object)`), // mm/kmemleak.c
	begins(Warning, "a shrinker without shrinker_alloc()", `Must use shrinker_alloc\(\)`),                                                                                                                     // mm/shrinker.c
	says(Warning, "a shrinker with negative objects", `(?:vmscan: )?shrink_slab: \S+ negative objects to delete`),                                                                                             // mm/vmscan.c
	begins(Memory, "slab: $1", "(?:Slab (corruption) \\(|slab (error) in \\w+\\(\\): cache|slab: (double free) detected in cache)"),                                                                           // mm/slab.c, up to 6.7
	says(Memory, "slab allocation failure", `SLAB: Unable to allocate memory on node`),                                                                                                                        // the same
	says(Memory, "zsmalloc: a pool was destroyed with objects", `zsmalloc: Class-\d+ fullness group \d+ is not empty`),                                                                                        // mm/zsmalloc.c

	// Devices and names.
	says(Warning, "kobject: $1", `(?:kobject: )?(can not set name properly!|must have a ktype to be initialized properly!)`),    // lib/kobject.c
	begins(Warning, "kobject cannot be added", `(?:kobject: )?kobject_add_internal failed for .* \(error: -?\d+ parent: `),      // the same
	says(Bug, "a module's parameters are not in sysfs", `Adding module '.*' to sysfs failed \(-?\d+\)`),                         // kernel/params.c
	says(Warning, "a device of a bus that is not registered", `bus_add_device: cannot add device '.*' to unregistered bus`),     // drivers/base/bus.c
	says(Warning, "a class that is not registered", `class_dev_iter_init: class \S+ was not registered yet`),                    // drivers/base/class.c
	says(Warning, "a device is bound already", `driver_bound: device \S+ already bound|.+: driver_bound: device already bound`), // drivers/base/dd.c
	says(Warning, "a device has resources before probing", `.+: Resources present before probing`),                              // the same
	says(Warning, "sysctl: $1", `sysctl (could not get directory|link missing during unregister): `),                            // fs/proc/proc_sysctl.c

	// Files.
	says(Bug, "a loop of directories", `VFS: Lookup of '.*' in .* would have caused loop|BUG in find_next_ancestor: `), // fs/dcache.c, kernfs/mount.c
	announcing(Bug, "a file system without a root", `Filesystem \S+ get_tree\(\) didn't set fc->root`),                 // fs/super.c
	says(Bug, "a table of files is corrupted", `alloc_fd: slot \d+ not NULL!`),                                         // fs/file.c
	says(Warning, "a bad table of parameters", `VALIDATE \S+: PARAM\[|VALIDATE C-TBL`),                                 // fs/fs_parser.c
	says(Warning, "a bad table of files", `simple_fill_super: .* passed in a files array`),                             // fs/libfs.c

	// Network.
	says(Warning, "alloc_netdev() without queues", `alloc_netdev: Unable to allocate device with zero (?:RX )?queues`),      // net/core/dev.c
	says(Warning, "NAPI: a weight that is too large", device+`netif_napi_add\w*\(\) called with weight \d+`),                // the same
	says(Warning, "NAPI: polled again without being scheduled", `repoll requested for device .* but napi is not scheduled`), // the same
	says(Bug, "network devices that are not adjacent", `Adjacency does not exist for device `),                              // the same
	says(Bug, "a network device in a wrong state", `network todo '.*' but state \d`),                                        // the same
	says(Warning, "a netlink tap was removed that is not there", `__netlink_remove_tap: \S+ not found`),                     // net/netlink/af_netlink.c
}
