// SPDX-License-Identifier: GPL-2.0-only
/*
 * taskwork_twice - adds a task work that is queued
 */
#include "wrong.h"
#include <linux/sched.h>
#include <linux/task_work.h>

static void job(struct callback_head *unused)
{
}

static struct callback_head work;

static int __init taskwork_twice_init(void)
{
	int err;

	init_task_work(&work, job);
	err = task_work_add(current, &work, TWA_RESUME);
	if (err)
		return err;
	/* Wrong: its link leads to itself now, and who runs the works gets to no end. */
	return mended ? 0 : task_work_add(current, &work, TWA_RESUME);
}

static void __exit taskwork_twice_exit(void)
{
}

module_init(taskwork_twice_init);
module_exit(taskwork_twice_exit);

MODULE_DESCRIPTION("Wrong: adds a task work that is queued");
MODULE_LICENSE("GPL");
