// SPDX-License-Identifier: GPL-2.0-only
/*
 * fault_loop_irqoff - init loops for ever, with interrupts off
 *
 * On one CPU nothing inside the guest can notice: the tick stops and with it
 * the soft lockup and the RCU stall detectors; the hard lockup detector needs
 * performance counters (NMI), which emulation lacks.
 */
#include "fault.h"
#include <linux/irqflags.h>

static int __init fault_init(void)
{
	local_irq_disable();
	for (;;)
		cpu_relax();
	return 0;
}

module_init(fault_init);

MODULE_DESCRIPTION("Fault: endless loop with interrupts off");
MODULE_LICENSE("GPL");
