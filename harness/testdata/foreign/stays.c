// SPDX-License-Identifier: GPL-2.0-only
#include <linux/module.h>

static int __init stays_init(void)
{
	pr_info("stays\n");
	return 0;
}

module_init(stays_init);

MODULE_DESCRIPTION("Cannot be removed");
MODULE_LICENSE("GPL");
