// SPDX-License-Identifier: GPL-2.0-only
/*
 * fault_loop_irqoff - init loops for ever, with interrupts off
 *
 * On one CPU nothing inside the guest can notice: the tick stops and with it
 * the soft lockup and the RCU stall detectors; the hard lockup detector needs
 * performance counters to make NMIs, which software emulation lacks. But QEMU
 * can send an NMI (QMP inject-nmi), and a kernel booted with unknown_nmi_panic
 * answers it with a panic, whose call trace says where the loop is.
 *
 * With two CPUs the other one reports an RCU stall after
 * rcupdate.rcu_cpu_stall_timeout seconds (21 by default), provided that
 * somebody waits for a grace period: seen on 6.12 when another module was
 * inserted meanwhile, and not seen within 38 s on an idle guest.
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
