// SPDX-License-Identifier: GPL-2.0-only

package splat

// panics are the last words.
var panics = []headline{
	asked(begins(Panic, "Kernel panic: "+FoundByNMI, `Kernel panic - not syncing: NMI: Not continuing`)), // arch/x86/kernel/nmi.c
	following(says(Panic, "Kernel panic: $1", // what an Oops, a WARN() or a watchdog decided; arch/*/kernel, kernel/panic.c, watchdog.c, hung_task.c
		`Kernel panic - not syncing: ((?:Oops: )?Fatal exception.*|(?:kernel: )?panic_on_\w+ set.*|softlockup: hung tasks|hung_task: blocked tasks|(?:Kernel Oops - )?BUG!|Aiee, killing interrupt handler!.*|Attempted to kill the idle task!)`)),
	anywhere(says(Panic, "Kernel panic: $1", `Kernel panic - not syncing: (.*)`)), // kernel/panic.c
}

// faults end the task that caused them. The lines that stand before the number
// of the Oops are announcements.
var faults = []headline{
	begins(Oops, "execution of unmapped or user memory", `kernel tried to execute NX-protected page|unable to execute userspace code`), // arch/x86/mm/fault.c
	anywhere(begins(Oops, "NULL pointer dereference",
		`BUG: (?:unable to handle )?(?:kernel|Kernel) NULL pointer dereference|Unable to handle kernel NULL pointer dereference`)), // the same; arch/{arm,arm64,riscv,powerpc}/mm/fault.c
	anywhere(begins(Oops, "bad page fault", `BUG: [Uu]nable to handle|(?:CPU \d+ )?Unable to handle kernel (?:paging request|pointer|access|execute|write|read|data|instruction)`)),       // the same
	begins(Oops, "kernel stack overflow", `BUG: .*stack guard page was hit|Insufficient stack space to handle exception`),                                                                 // arch/x86/kernel/traps.c, dumpstack.c
	begins(Oops, "kernel stack overflow", `(?:Oops: )?(?:kernel stack overflow|stack guard page)`),                                                                                        // the same
	begins(Oops, "double fault", `(?:traps: )?PANIC: double fault|(?:Oops: )?double fault`),                                                                                               // the same
	anywhere(begins(Oops, "general protection fault", `(?:Oops: )?general protection fault.*\[#\d+\]`)),                                                                                   // the same
	begins(Oops, "missing ENDBR", `(?:traps: )?Missing ENDBR`),                                                                                                                            // arch/x86/kernel/cet.c
	begins(Oops, "control flow integrity failure", `CFI failure`),                                                                                                                         // kernel/cfi.c
	announcing(Oops, "split lock", `Split lock detected`),                                                                                                                                 // arch/x86/kernel/traps.c
	begins(Oops, "SError interrupt", `SError Interrupt on CPU\d+, code `),                                                                                                                 // arch/arm64/kernel/traps.c
	begins(Oops, "bad mode", `Bad mode in .+ handler detected on CPU\d+`),                                                                                                                 // the same
	following(begins(Oops, "Fixing recursive fault", `Fixing recursive fault but reboot is needed`)),                                                                                      // kernel/exit.c
	begins(Oops, "Oops", `(?:Oops: )?Oops(?: - [^:]+)?(?:: [0-9a-f]{4,16}(?: ilc:\d)?)? ?\[#\d+\]|Internal error: Oops(?: - .*)?: [0-9a-f]+ \[#\d+\]`),                                    // arch/*/kernel
	begins(Oops, "Oops", `Oops: (?:.*, )?sig: \d+(?: \[#\d+\]|$)`),                                                                                                                        // arch/{powerpc,xtensa,microblaze}/kernel
	begins(Oops, "$1", `Internal error: (.+?): [0-9a-f]+ \[#\d+\]`),                                                                                                                       // arch/{arm,arm64}/kernel/traps.c, die()
	begins(Oops, "Internal error", `Internal error: : [0-9a-f]+ \[#\d+\]`),                                                                                                                // the same, of a fault that has no name
	begins(Oops, "$1", `(\w[\w ]* in kernel code|\w+ invoked from kernel context|Unhandled kernel unaligned access|Kernel unaligned instruction access|Kernel a[dl]e access)!?\[#\d+\]:`), // arch/{mips,loongarch}/kernel/traps.c, die()
	begins(Oops, "$1", `.{1,15}\(\d+\): (Oops|Kernel [\w ]+) \[#\d+\]`),                                                                                                                   // arch/sparc/kernel/traps_64.c, die_if_kernel()
	begins(Oops, "Kernel Fault: $1", `Kernel Fault: Code=\d+ \((.*?)\) at addr`),                                                                                                          // arch/parisc/kernel/traps.c
	// Every trap of x86 and s390 has a name of its own, and all are printed by
	// die() in one form (arch/x86/kernel/dumpstack.c, arch/s390/kernel/dumpstack.c).
	begins(Oops, "$1", `(?:Oops: )?([A-Za-z][A-Za-z0-9# -]{2,50}?)(?:, [^:]*)?: [0-9a-f]{4,16}(?: ilc:\d)? \[#\d+\]`),
}

// bugs are what should not happen.
var bugs = []headline{
	anywhere(begins(Bug, "kernel BUG", `[kK]ernel BUG at (?:\S+:\d+!|\w+\+0x)|Kernel BUG \[#\d+\]|Kernel bug detected\[#\d+\]`)), // arch/x86/kernel/traps.c, lib/bug.c, arch/{riscv,mips}/kernel/traps.c
	anywhere(begins(Bug, "scheduling while atomic", `BUG: scheduling while atomic: `)),                                           // kernel/sched/core.c
	begins(Bug, "scheduling from the idle task", `bad: scheduling from the idle thread!`),                                        // the same
	anywhere(begins(Bug, "sleeping in an invalid context", `BUG: sleeping function called from invalid context`)),                // the same
	begins(Bug, "BUG: $1 in preemptible code", `BUG: (using \w+\(\)) in preemptible`),                                            // lib/smp_processor_id.c
	begins(Bug, "BUG: $1", `BUG: ((?:spin|rw)lock .*?) on CPU#\d+`),                                                              // kernel/locking/spinlock_debug.c
	announcing(Bug, "BUG: $1", `BUG: (Dentry) \S+ .*still in use`),                                                               // fs/dcache.c
	begins(Bug, "BUG: $1", `BUG: (.*?)(?:[:,].*)?$`),                                                                             // everything else
	says(Bug, "a task exited with $1", `note: .{1,15}\[\d+\] exited with (preempt_count|irqs disabled)`),                         // kernel/exit.c
	says(Bug, "a softirq changed the preemption count ($1)", `softirq: huh, entered softirq \d+ (\w+) .*with preempt_count`),     // kernel/softirq.c
}
