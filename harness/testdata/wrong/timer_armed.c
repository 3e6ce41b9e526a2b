// SPDX-License-Identifier: GPL-2.0-only
/*
 * timer_armed - goes while its timer is armed
 */
#include "wrong.h"
#include <linux/jiffies.h>
#include <linux/timer.h>

static void tick(struct timer_list *self)
{
	mod_timer(self, jiffies + HZ / 10);
}

static DEFINE_TIMER(timer, tick);

static int __init timer_armed_init(void)
{
	mod_timer(&timer, jiffies + HZ / 10);
	return 0;
}

static void __exit timer_armed_exit(void)
{
	/* Wrong: the timer goes off when the module is gone. */
	if (mended)
		timer_delete_sync(&timer);
}

module_init(timer_armed_init);
module_exit(timer_armed_exit);

MODULE_DESCRIPTION("Wrong: goes while its timer is armed");
MODULE_LICENSE("GPL");
