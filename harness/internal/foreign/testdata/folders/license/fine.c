// SPDX-License-Identifier: GPL-2.0-only
#include <linux/module.h>

static int __init fine_init(void)
{
	return 0;
}

static void __exit fine_exit(void)
{
}

module_init(fine_init);
module_exit(fine_exit);
MODULE_DESCRIPTION("says its licence");
MODULE_LICENSE("GPL");
