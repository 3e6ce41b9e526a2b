// SPDX-License-Identifier: GPL-2.0-only
#include <linux/module.h>

static int __init right_init(void)
{
	return 0;
}

static void __exit right_exit(void)
{
}

module_init(right_init);
module_exit(right_exit);
MODULE_DESCRIPTION("compiles");
MODULE_LICENSE("GPL");
