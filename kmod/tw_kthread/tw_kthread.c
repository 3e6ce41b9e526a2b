// SPDX-License-Identifier: GPL-2.0-only
/*
 * tw_kthread - task works of a kernel thread
 *
 * Purpose: show that a kernel thread is a bad address for a task work. Works
 * run on the way to user mode, and a kernel thread never goes there. They wait
 * until the thread exits, however they are announced. TWA_SIGNAL does end the
 * thread's sleep, and then does harm: nobody clears the flag that ended it, so
 * the next interruptible sleep ends at once as well.
 *
 * Usage: insmod tw_kthread.ko, read the log, rmmod tw_kthread.
 *
 * Notes, experiments to try:
 * - A new thread for each mode. It sleeps twice, both times interruptibly, and
 *   exits.
 * - A thread that loops over wait_event_interruptible() and gets TWA_SIGNAL
 *   eats its CPU from then on. Sleep with TASK_IDLE or wait_event() instead,
 *   as kernel threads that take no signals should anyway.
 */

#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/delay.h>
#include <linux/err.h>
#include <linux/init.h>
#include <linux/kthread.h>
#include <linux/module.h>
#include <linux/printk.h>
#include <linux/sched.h>
#include <linux/sched/task.h>
#include <linux/task_work.h>
#include <linux/wait.h>

#include "taskwork_modes.h"

static DECLARE_WAIT_QUEUE_HEAD(bed);
static bool released, ran;

static void work_func(struct callback_head *head)
{
	ran = true;
	pr_info("work runs %s\n", current->flags & PF_EXITING ? "in the thread's exit" : "early");
}

static int thread_func(void *mode)
{
	int first, second;

	first = wait_event_interruptible(bed, READ_ONCE(released));
	second = wait_event_interruptible_timeout(bed, false, 1);
	pr_info("%s %s, the next one is %s, work %s\n", (const char *)mode,
		first ? "ended the thread's sleep" : "did not end the thread's sleep",
		second ? "cut short, too" : "undisturbed", ran ? "has run" : "has not run");
	return 0;
}

static int __init try_mode(const struct named_mode *m)
{
	struct callback_head work = { .func = work_func };
	struct task_struct *thread;

	released = false;
	ran = false;
	thread = kthread_create(thread_func, (void *)m->name, "tw_kthread");
	if (IS_ERR(thread)) {
		pr_err("no thread: %pe\n", thread);
		return PTR_ERR(thread);
	}
	get_task_struct(thread);
	wake_up_process(thread);

	while (task_state_to_char(thread) != 'S')
		usleep_range(1000, 2000);
	/* Never run: a thread that has not begun to exit takes works. */
	if (task_work_add(thread, &work, m->mode))
		pr_err("a living thread has refused a work\n");
	/* A notification wakes the thread before task_work_add() returns. */
	if (task_state_to_char(thread) == 'S') {
		WRITE_ONCE(released, true);
		wake_up(&bed);
	}

	/* The thread runs code of this module, and the work is on this stack. */
	while (!READ_ONCE(thread->exit_state))
		usleep_range(1000, 2000);
	put_task_struct(thread);
	return 0;
}

static int __init tw_kthread_init(void)
{
	unsigned int i;
	int err = 0;

	for (i = 0; i < ARRAY_SIZE(named_modes) && !err; i++)
		err = try_mode(&named_modes[i]);
	return err;
}

static void __exit tw_kthread_exit(void)
{
	/* Nothing is left: all threads are gone, and with them their works. */
}

module_init(tw_kthread_init);
module_exit(tw_kthread_exit);

MODULE_AUTHOR("The kmodlab authors");
MODULE_DESCRIPTION("Lesson: task works of a kernel thread");
MODULE_LICENSE("GPL");
