// SPDX-License-Identifier: GPL-2.0-only
#include <linux/module.h>

void foreign_greet(const char *who);

static char *name = "nobody";
module_param(name, charp, 0444);

static int __init guest_init(void)
{
	foreign_greet(name);
	return 0;
}

static void __exit guest_exit(void)
{
	pr_info("guest leaves\n");
}

module_init(guest_init);
module_exit(guest_exit);

MODULE_DESCRIPTION("Needs a symbol of another module");
MODULE_LICENSE("GPL");
