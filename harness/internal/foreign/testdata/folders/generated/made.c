// SPDX-License-Identifier: GPL-2.0-only
#include <linux/module.h>
#include "number.h"

static int __init made_init(void)
{
	pr_info("number %d\n", NUMBER);
	return 0;
}

static void __exit made_exit(void)
{
}

module_init(made_init);
module_exit(made_exit);
MODULE_DESCRIPTION("needs a header that the Makefile makes");
MODULE_LICENSE("GPL");
