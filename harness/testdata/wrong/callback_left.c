// SPDX-License-Identifier: GPL-2.0-only
/*
 * callback_left - leaves its callback on a chain of the kernel
 *
 * The block itself stays, too: it is the text of the callback that goes with the module.
 */
#include "wrong.h"
#include <linux/notifier.h>
#include <linux/slab.h>
#include <net/netevent.h>

void callback_event_needed(void);

static struct notifier_block *block;

static int callback(struct notifier_block *nb, unsigned long event, void *data)
{
	return NOTIFY_DONE;
}

static int __init callback_left_init(void)
{
	int err;

	callback_event_needed();
	block = kzalloc(sizeof(*block), GFP_KERNEL);
	if (!block)
		return -ENOMEM;
	block->notifier_call = callback;
	err = register_netevent_notifier(block);
	if (err)
		kfree(block);
	return err;
}

static void __exit callback_left_exit(void)
{
	/* Wrong: the chain goes on to call what is no longer there. */
	if (!mended)
		return;
	unregister_netevent_notifier(block);
	kfree(block);
}

module_init(callback_left_init);
module_exit(callback_left_exit);

MODULE_DESCRIPTION("Wrong: leaves its callback on a chain of the kernel");
MODULE_LICENSE("GPL");
