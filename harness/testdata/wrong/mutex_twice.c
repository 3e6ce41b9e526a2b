// SPDX-License-Identifier: GPL-2.0-only
/*
 * mutex_twice - takes a mutex that it holds
 *
 * A thread does it. Who removes the module waits for the thread, for ever.
 */
#include "wrong.h"
#include <linux/completion.h>
#include <linux/err.h>
#include <linux/kthread.h>
#include <linux/mutex.h>
#include <linux/sched.h>

static DEFINE_MUTEX(lock);
static DECLARE_COMPLETION(begun);
static struct task_struct *thread;

static int take(void *unused)
{
	complete(&begun);
	mutex_lock(&lock);
	/* Wrong: the task waits for itself. */
	if (!mended)
		mutex_lock(&lock);
	mutex_unlock(&lock);
	while (!kthread_should_stop())
		schedule_timeout_interruptible(HZ);
	return 0;
}

static int __init mutex_twice_init(void)
{
	thread = kthread_run(take, NULL, "mutex_twice");
	if (IS_ERR(thread))
		return PTR_ERR(thread);
	/* A thread that is stopped before it begins does not begin. */
	wait_for_completion(&begun);
	return 0;
}

static void __exit mutex_twice_exit(void)
{
	kthread_stop(thread);
}

module_init(mutex_twice_init);
module_exit(mutex_twice_exit);

MODULE_DESCRIPTION("Wrong: takes a mutex that it holds");
MODULE_LICENSE("GPL");
