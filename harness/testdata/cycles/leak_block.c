// SPDX-License-Identifier: GPL-2.0-only
/*
 * leak_block - leaves a block on a chain each time
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/init.h>
#include <linux/module.h>
#include <linux/printk.h>
#include <linux/jiffies.h>
#include <linux/notifier.h>
#include <linux/rcupdate.h>
#include <linux/reboot.h>
#include <linux/slab.h>

/*
 * Nobody calls this chain until the end, so that the blocks do no harm before:
 * their callback is gone with the module. Whoever counts sees them.
 */
static int on_event(struct notifier_block *nb, unsigned long event, void *data)
{
	return NOTIFY_DONE;
}

static int __init leak_init(void)
{
	struct notifier_block *block, *b;
	int behind = 0;
	int err;

	block = kzalloc(sizeof(*block), GFP_KERNEL);
	if (!block)
		return -ENOMEM;
	block->notifier_call = on_event;
	block->priority = jiffies & INT_MAX; /* before all that came earlier */
	err = register_reboot_notifier(block);
	if (err) {
		kfree(block);
		return err;
	}
	for (b = rcu_dereference_raw(block->next); b; b = rcu_dereference_raw(b->next))
		behind++;
	pr_info("blocks behind it: %d\n", behind);
	return 0;
}

static void __exit leak_exit(void)
{
}

module_init(leak_init);
module_exit(leak_exit);

MODULE_DESCRIPTION("Leak: a block on a chain");
MODULE_LICENSE("GPL");
