// SPDX-License-Identifier: GPL-2.0-only
#include <linux/module.h>
#include "config.h"

static int __init flagged_init(void)
{
	return CONFIGURED;
}

static void __exit flagged_exit(void)
{
}

module_init(flagged_init);
module_exit(flagged_exit);
MODULE_DESCRIPTION("includes a header that a flag leads to");
MODULE_LICENSE("GPL");
