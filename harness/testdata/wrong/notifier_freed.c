// SPDX-License-Identifier: GPL-2.0-only
/*
 * notifier_freed - frees a notifier block that is on a chain
 */
#include "wrong.h"
#include <linux/notifier.h>
#include <linux/slab.h>

static BLOCKING_NOTIFIER_HEAD(chain);

static int callback(struct notifier_block *nb, unsigned long event, void *data)
{
	return NOTIFY_OK;
}

static int __init notifier_freed_init(void)
{
	struct notifier_block *block = kzalloc(sizeof(*block), GFP_KERNEL);

	if (!block)
		return -ENOMEM;
	block->notifier_call = callback;
	blocking_notifier_chain_register(&chain, block);
	/* Wrong: the block is still on the chain when it is freed. */
	if (mended)
		blocking_notifier_chain_unregister(&chain, block);
	kfree(block);
	blocking_notifier_call_chain(&chain, 1, NULL);
	return 0;
}

static void __exit notifier_freed_exit(void)
{
}

module_init(notifier_freed_init);
module_exit(notifier_freed_exit);

MODULE_DESCRIPTION("Wrong: frees a notifier block that is on a chain");
MODULE_LICENSE("GPL");
