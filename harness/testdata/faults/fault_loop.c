// SPDX-License-Identifier: GPL-2.0-only
/*
 * fault_loop - init loops for ever, with interrupts on
 *
 * Timer interrupts go on, so the kernel notices: a soft lockup after twice
 * watchdog_thresh (10 s by default; watchdog_thresh=3 on the command line was
 * tried) and an RCU stall after rcupdate.rcu_cpu_stall_timeout (21 s). Kernels
 * that preempt (PREEMPT_LAZY, Debian's from 6.16 on) could still switch to
 * another task, hence the loop is with preemption off.
 *
 * On 7.3 with one CPU the report stays in the ring buffer: a thread prints to
 * the serial console, and that thread never runs again. A panic prints it all:
 * softlockup_panic=1, or an NMI as in fault_loop_irqoff.c.
 */
#include "fault.h"
#include <linux/preempt.h>

static int __init fault_init(void)
{
	preempt_disable();
	for (;;)
		cpu_relax();
	return 0;
}

module_init(fault_init);

MODULE_DESCRIPTION("Fault: endless loop");
MODULE_LICENSE("GPL");
