// SPDX-License-Identifier: GPL-2.0-only
#include <linux/module.h>
#include <linux/notifier.h>
#include <linux/reboot.h>

static int again_call(struct notifier_block *nb, unsigned long event, void *data)
{
	return NOTIFY_DONE;
}

static struct notifier_block again_nb = {
	.notifier_call = again_call,
};

static int __init again_init(void)
{
	return register_reboot_notifier(&again_nb);
}

static void __exit again_exit(void)
{
}

module_init(again_init);
module_exit(again_exit);

MODULE_DESCRIPTION("Leaves a notifier in a chain of the kernel");
MODULE_LICENSE("GPL");
