// SPDX-License-Identifier: GPL-2.0-only
#include <linux/module.h>

static int __init other_init(void)
{
	return 0;
}

static void __exit other_exit(void)
{
}

module_init(other_init);
module_exit(other_exit);
MODULE_DESCRIPTION("compiles");
MODULE_LICENSE("GPL");
