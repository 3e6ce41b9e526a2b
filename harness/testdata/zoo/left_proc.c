// SPDX-License-Identifier: GPL-2.0-only
#include <linux/module.h>
#include <linux/proc_fs.h>

static int __init left_init(void)
{
	return proc_mkdir("left_proc", NULL) ? 0 : -ENOMEM;
}

static void __exit left_exit(void)
{
}

module_init(left_init);
module_exit(left_exit);

MODULE_DESCRIPTION("Leaves an entry of /proc");
MODULE_LICENSE("GPL");
