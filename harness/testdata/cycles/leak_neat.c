// SPDX-License-Identifier: GPL-2.0-only
/*
 * leak_neat - takes memory and gives it back
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/init.h>
#include <linux/module.h>
#include <linux/printk.h>
#include <linux/slab.h>

static void *object;

static int __init leak_init(void)
{
	object = kmalloc(128, GFP_KERNEL);
	if (!object)
		return -ENOMEM;
	pr_info("in\n");
	return 0;
}

static void __exit leak_exit(void)
{
	kfree(object);
	pr_info("out\n");
}

module_init(leak_init);
module_exit(leak_exit);

MODULE_DESCRIPTION("Leak: none");
MODULE_LICENSE("GPL");
