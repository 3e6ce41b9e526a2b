// SPDX-License-Identifier: GPL-2.0-only
/*
 * fault_twice - init registers one block twice on one chain
 */
#include "fault.h"

static BLOCKING_NOTIFIER_HEAD(chain);

static int fault_callback(struct notifier_block *nb, unsigned long event,
			  void *data)
{
	return NOTIFY_OK;
}

static struct notifier_block block = { .notifier_call = fault_callback };

static int __init fault_init(void)
{
	blocking_notifier_chain_register(&chain, &block);
	return blocking_notifier_chain_register(&chain, &block);
}

module_init(fault_init);

MODULE_DESCRIPTION("Fault: double registration");
MODULE_LICENSE("GPL");
