// SPDX-License-Identifier: GPL-2.0-only
/*
 * fault_stale - exit leaves the callback on the chain
 *
 * insmod fault_chain.ko, insmod fault_stale.ko, rmmod fault_stale, then rmmod
 * fault_chain, which calls the chain: it reads a block that is no longer
 * mapped. Once another module was loaded it is chance what lies there: with
 * fault_call in its place, a jump to NULL was seen, an endless recursion, and
 * nothing at all.
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
