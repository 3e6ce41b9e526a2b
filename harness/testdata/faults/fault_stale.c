// SPDX-License-Identifier: GPL-2.0-only
/*
 * fault_stale - exit leaves the callback on the chain
 *
 * insmod fault_chain.ko, insmod fault_stale.ko, rmmod fault_stale, then
 * insmod fault_call.ko: the chain calls what lies there now.
 * Which trouble that is, is chance: on 5.10, 6.12 and 7.3 a jump to NULL, on 6.1
 * fault_call itself was loaded to that place, so that the chain called its init,
 * which called the chain, until the stack was full.
 */
#include "fault.h"

static int fault_callback(struct notifier_block *nb, unsigned long event,
			  void *data)
{
	pr_info("called\n");
	return NOTIFY_OK;
}

static struct notifier_block block = { .notifier_call = fault_callback };

static int __init fault_init(void)
{
	return blocking_notifier_chain_register(&fault_chain, &block);
}

static void __exit fault_exit(void)
{
}

module_init(fault_init);
module_exit(fault_exit);

MODULE_DESCRIPTION("Fault: removed with its callback still registered");
MODULE_LICENSE("GPL");
