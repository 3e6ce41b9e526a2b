// SPDX-License-Identifier: GPL-2.0-only
/*
 * fault_chain - a chain for others to abuse
 *
 * It is called by fault_call, and when it goes.
 */
#include "fault.h"

BLOCKING_NOTIFIER_HEAD(fault_chain);
EXPORT_SYMBOL_GPL(fault_chain);

static int __init fault_init(void)
{
	return 0;
}

static void __exit fault_exit(void)
{
	blocking_notifier_call_chain(&fault_chain, 1, NULL);
}

module_init(fault_init);
module_exit(fault_exit);

MODULE_DESCRIPTION("Fault: the chain that others abuse");
MODULE_LICENSE("GPL");
