// SPDX-License-Identifier: GPL-2.0-only
/*
 * sleeps_atomic - may sleep in the callback of an atomic chain
 */
#include "wrong.h"
#include <linux/notifier.h>
#include <linux/slab.h>

static ATOMIC_NOTIFIER_HEAD(chain);

static int callback(struct notifier_block *nb, unsigned long event, void *data)
{
	/* Wrong: an atomic chain is called under rcu_read_lock(), and GFP_KERNEL may sleep. */
	void *copy = kmalloc(64, mended ? GFP_ATOMIC : GFP_KERNEL);

	kfree(copy);
	return NOTIFY_OK;
}

static struct notifier_block block = {
	.notifier_call = callback,
};

static int __init sleeps_atomic_init(void)
{
	atomic_notifier_chain_register(&chain, &block);
	atomic_notifier_call_chain(&chain, 1, NULL);
	return 0;
}

static void __exit sleeps_atomic_exit(void)
{
}

module_init(sleeps_atomic_init);
module_exit(sleeps_atomic_exit);

MODULE_DESCRIPTION("Wrong: may sleep in the callback of an atomic chain");
MODULE_LICENSE("GPL");
