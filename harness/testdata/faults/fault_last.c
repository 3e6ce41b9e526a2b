// SPDX-License-Identifier: GPL-2.0-only
/*
 * fault_last - loops for ever, interrupts off, as soon as somebody asks how the
 * kernel is tainted
 *
 * That is what the harness asks last, when the script has gone to its end: a
 * kernel that is dead by then has not passed.
 */
#include "fault.h"
#include <linux/irqflags.h>
#include <linux/kprobes.h>

static int fault_asked(struct kprobe *probe, struct pt_regs *regs)
{
	local_irq_disable();
	for (;;)
		cpu_relax();
	return 0;
}

/* Reads and writes /proc/sys/kernel/tainted (kernel/sysctl.c, kernel/panic.c). */
static struct kprobe fault_probe = {
	.symbol_name = "proc_taint",
	.pre_handler = fault_asked,
};

static int __init fault_init(void)
{
	return register_kprobe(&fault_probe);
}

static void __exit fault_exit(void)
{
	unregister_kprobe(&fault_probe);
}

module_init(fault_init);
module_exit(fault_exit);

MODULE_DESCRIPTION("Fault: dies of the last question");
MODULE_LICENSE("GPL");
