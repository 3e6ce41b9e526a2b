// SPDX-License-Identifier: GPL-2.0-only
#include <linux/module.h>

static int __init warns_init(void)
{
	return 0;
}

static void __exit warns_exit(void)
{
	WARN_ON(1);
}

module_init(warns_init);
module_exit(warns_exit);

MODULE_DESCRIPTION("Warns when it is removed");
MODULE_LICENSE("GPL");
