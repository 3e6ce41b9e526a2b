// SPDX-License-Identifier: GPL-2.0-only
/*
 * fault_chain - a chain for fault_stale and fault_call
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
}

module_init(fault_init);
module_exit(fault_exit);

MODULE_DESCRIPTION("Fault: the chain that others abuse");
MODULE_LICENSE("GPL");
