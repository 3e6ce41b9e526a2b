// SPDX-License-Identifier: GPL-2.0-only
/*
 * teardown_guest - a module that subscribes and goes
 *
 * Purpose: show what a block is that its module has left on a chain. With
 * forget=1 the exit function does not unregister. The module's code is freed
 * all the same, the block still names it, and the next call of the chain jumps
 * to where it was.
 *
 * Usage: insmod teardown_chain.ko, insmod teardown_guest.ko forget=1, rmmod
 * teardown_guest, and, in a VM,
 *   echo -n 1 > /sys/module/teardown_chain/parameters/call
 *
 * Notes:
 * - The block is in memory of its own, and with forget=1 nobody frees that: what
 *   is left behind is the block as it was, and only the code is gone. A block
 *   in the module's data goes with it, and what the chain finds there then is
 *   chance: nothing, or another module's data.
 * - Nothing in the kernel looks whether a module that goes has blocks on chains.
 *
 * Experiments to try (in a VM):
 * - Insert another module in between. What does the call find now?
 */

#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/init.h>
#include <linux/module.h>
#include <linux/moduleparam.h>
#include <linux/notifier.h>
#include <linux/printk.h>
#include <linux/slab.h>

#include "teardown_chain.h"

static bool forget;
module_param(forget, bool, 0444);
MODULE_PARM_DESC(forget, "Go without unregistering (default no)");

static struct notifier_block *block;

static int guest_event(struct notifier_block *nb, unsigned long event, void *data)
{
	pr_info("called\n");
	return NOTIFY_OK;
}

static int __init teardown_guest_init(void)
{
	int err;

	block = kzalloc(sizeof(*block), GFP_KERNEL);
	if (!block)
		return -ENOMEM;
	block->notifier_call = guest_event;
	err = teardown_chain_join(block);
	/* Never run: the block is new, and the chain takes it. */
	if (err)
		kfree(block);
	return err;
}

static void __exit teardown_guest_exit(void)
{
	if (forget) {
		pr_info("goes, and its block stays\n");
		return;
	}
	teardown_chain_leave(block);
	kfree(block);
	pr_info("goes, and its block with it\n");
}

module_init(teardown_guest_init);
module_exit(teardown_guest_exit);

MODULE_AUTHOR("The kmodlab authors");
MODULE_DESCRIPTION("Lesson: a module that subscribes and goes");
MODULE_LICENSE("GPL");
