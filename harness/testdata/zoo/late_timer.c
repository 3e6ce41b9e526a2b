// SPDX-License-Identifier: GPL-2.0-only
#include <linux/jiffies.h>
#include <linux/module.h>
#include <linux/timer.h>

static void late_fires(struct timer_list *unused)
{
}

static DEFINE_TIMER(timer, late_fires);

static int __init late_init(void)
{
	return 0;
}

static void __exit late_exit(void)
{
	mod_timer(&timer, jiffies + 2 * HZ);
}

module_init(late_init);
module_exit(late_exit);

MODULE_DESCRIPTION("Has a timer go off when it is gone");
MODULE_LICENSE("GPL");
