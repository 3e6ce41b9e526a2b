// SPDX-License-Identifier: GPL-2.0-only
/*
 * fault_loop - init loops for ever, with interrupts on
 *
 * Timer interrupts go on, so the kernel sees it: a soft lockup after twice
 * watchdog_thresh (10 s by default: watchdog_thresh=2 on the command line makes
 * it 4 s) and an RCU stall after rcupdate.rcu_cpu_stall_timeout (21 s by
 * default). Kernels with full preemption (PREEMPT_LAZY, 6.16 and later) can
 * still switch tasks, so there user space may go on living; hence the loop is
 * with preemption off.
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
