// SPDX-License-Identifier: GPL-2.0-only
/*
 * fault_deadlock - a callback registers on the chain that is calling it
 *
 * The call holds the chain's rw_semaphore for reading, the registration wants
 * it for writing: the task waits for itself, in state D. The kernel reports a
 * hung task after sysctl.kernel.hung_task_timeout_secs (120 s by default).
 */
#include "fault.h"

static BLOCKING_NOTIFIER_HEAD(chain);

static int second_callback(struct notifier_block *nb, unsigned long event,
			   void *data)
{
	return NOTIFY_OK;
}

static struct notifier_block second = { .notifier_call = second_callback };

static int first_callback(struct notifier_block *nb, unsigned long event,
			  void *data)
{
	pr_info("registering from within the chain\n");
	blocking_notifier_chain_register(&chain, &second);
	return NOTIFY_OK;
}

static struct notifier_block first = { .notifier_call = first_callback };

static int __init fault_init(void)
{
	blocking_notifier_chain_register(&chain, &first);
	blocking_notifier_call_chain(&chain, 1, NULL);
	return 0;
}

module_init(fault_init);

MODULE_DESCRIPTION("Fault: deadlock on a chain's lock");
MODULE_LICENSE("GPL");
