// SPDX-License-Identifier: GPL-2.0-only
/*
 * work_queued - goes while its work is queued
 */
#include "wrong.h"
#include <linux/jiffies.h>
#include <linux/workqueue.h>

static void job(struct work_struct *self)
{
	schedule_delayed_work(to_delayed_work(self), HZ / 10);
}

static DECLARE_DELAYED_WORK(work, job);

static int __init work_queued_init(void)
{
	schedule_delayed_work(&work, HZ / 10);
	return 0;
}

static void __exit work_queued_exit(void)
{
	/* Wrong: the work is to be done when the module is gone. */
	if (mended)
		cancel_delayed_work_sync(&work);
}

module_init(work_queued_init);
module_exit(work_queued_exit);

MODULE_DESCRIPTION("Wrong: goes while its work is queued");
MODULE_LICENSE("GPL");
