// SPDX-License-Identifier: GPL-2.0-only
#include <linux/module.h>

static int __init use_init(void)
{
	__module_get(THIS_MODULE);
	return 0;
}

static void __exit use_exit(void)
{
}

module_init(use_init);
module_exit(use_exit);

MODULE_DESCRIPTION("Uses itself, and cannot be removed");
MODULE_LICENSE("GPL");
