// SPDX-License-Identifier: GPL-2.0-only
/*
 * mutex_stranger - has another task unlock a mutex
 */
#include "wrong.h"
#include <linux/mutex.h>
#include <linux/workqueue.h>

static DEFINE_MUTEX(lock);

static void finish(struct work_struct *unused)
{
	/* Wrong: who unlocks a mutex has to be the task that locked it. */
	if (!mended)
		mutex_unlock(&lock);
}

static DECLARE_WORK(work, finish);

static int __init mutex_stranger_init(void)
{
	mutex_lock(&lock);
	schedule_work(&work);
	flush_work(&work);
	if (mended)
		mutex_unlock(&lock);
	return 0;
}

static void __exit mutex_stranger_exit(void)
{
}

module_init(mutex_stranger_init);
module_exit(mutex_stranger_exit);

MODULE_DESCRIPTION("Wrong: has another task unlock a mutex");
MODULE_LICENSE("GPL");
