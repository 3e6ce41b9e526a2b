// SPDX-License-Identifier: GPL-2.0-only
#include <linux/module.h>

static int __init free_init(void)
{
	return 0;
}

static void __exit free_exit(void)
{
}

module_init(free_init);
module_exit(free_exit);
MODULE_DESCRIPTION("does not say it");
