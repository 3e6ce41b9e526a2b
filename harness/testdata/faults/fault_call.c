// SPDX-License-Identifier: GPL-2.0-only
/*
 * fault_call - init calls the chain of fault_chain.ko
 */
#include "fault.h"

static int __init fault_init(void)
{
	return notifier_to_errno(blocking_notifier_call_chain(&fault_chain, 1,
							      NULL));
}

static void __exit fault_exit(void)
{
}

module_init(fault_init);
module_exit(fault_exit);

MODULE_DESCRIPTION("Fault: the caller of the chain");
MODULE_LICENSE("GPL");
