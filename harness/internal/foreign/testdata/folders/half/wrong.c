// SPDX-License-Identifier: GPL-2.0-only
#include <linux/module.h>

static int __init wrong_init(void)
{
	return no_such_variable;
}

static void __exit wrong_exit(void)
{
}

module_init(wrong_init);
module_exit(wrong_exit);
MODULE_DESCRIPTION("does not compile");
MODULE_LICENSE("GPL");
