// SPDX-License-Identifier: GPL-2.0-only
/*
 * timer_uninit - arms a timer that was never initialised
 */
#include "wrong.h"
#include <linux/jiffies.h>
#include <linux/slab.h>
#include <linux/timer.h>

static struct timer_list *timer;
static bool armed;

static void tick(struct timer_list *unused)
{
}

static noinline void arm(void)
{
	mod_timer(timer, jiffies + HZ);
	WRITE_ONCE(armed, true);
}

static int __init timer_uninit_init(void)
{
	timer = kzalloc(sizeof(*timer), GFP_KERNEL);
	if (!timer)
		return -ENOMEM;
	/* Wrong: zeros are no timer. */
	if (mended)
		timer_setup(timer, tick, 0);
	arm();
	return 0;
}

static void __exit timer_uninit_exit(void)
{
	if (mended)
		timer_delete_sync(timer);
	kfree(timer);
}

module_init(timer_uninit_init);
module_exit(timer_uninit_exit);

MODULE_DESCRIPTION("Wrong: arms a timer that was never initialised");
MODULE_LICENSE("GPL");
