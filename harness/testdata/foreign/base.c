// SPDX-License-Identifier: GPL-2.0-only
#include <linux/module.h>

void foreign_greet(const char *who);
void foreign_greet(const char *who)
{
	pr_info("base greets %s\n", who);
}
EXPORT_SYMBOL_GPL(foreign_greet);

static int __init base_init(void)
{
	return 0;
}

static void __exit base_exit(void)
{
}

module_init(base_init);
module_exit(base_exit);

MODULE_DESCRIPTION("Offers a symbol");
MODULE_LICENSE("GPL");
