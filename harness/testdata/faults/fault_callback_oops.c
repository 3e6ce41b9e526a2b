// SPDX-License-Identifier: GPL-2.0-only
/*
 * fault_callback_oops - a notifier callback reads through a NULL pointer
 *
 * The task dies while it holds the chain's lock for reading: every later
 * register or unregister on that chain waits for ever.
 */
#include "fault.h"

static BLOCKING_NOTIFIER_HEAD(chain);
static int *volatile nowhere;

static int fault_callback(struct notifier_block *nb, unsigned long event,
			  void *data)
{
	return *nowhere;
}

static struct notifier_block block = { .notifier_call = fault_callback };

static int __init fault_init(void)
{
	blocking_notifier_chain_register(&chain, &block);
	blocking_notifier_call_chain(&chain, 1, NULL);
	return 0;
}

module_init(fault_init);

MODULE_DESCRIPTION("Fault: NULL pointer in a notifier callback");
MODULE_LICENSE("GPL");
