// SPDX-License-Identifier: GPL-2.0-only
#include <linux/module.h>

static int __init refuses_init(void)
{
	pr_info("refuses: not today\n");
	return -EBUSY;
}

static void __exit refuses_exit(void)
{
}

module_init(refuses_init);
module_exit(refuses_exit);

MODULE_DESCRIPTION("Cannot be inserted");
MODULE_LICENSE("GPL");
