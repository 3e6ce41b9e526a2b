// SPDX-License-Identifier: GPL-2.0-only
/*
 * leak_file - leaves a file in /proc, which cannot be made twice
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/init.h>
#include <linux/module.h>
#include <linux/printk.h>
#include <linux/proc_fs.h>

static int __init leak_init(void)
{
	proc_mkdir("leak_file", NULL);
	return 0;
}

static void __exit leak_exit(void)
{
}

module_init(leak_init);
module_exit(leak_exit);

MODULE_DESCRIPTION("Leak: a folder of /proc");
MODULE_LICENSE("GPL");
