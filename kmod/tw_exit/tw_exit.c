// SPDX-License-Identifier: GPL-2.0-only
/*
 * tw_exit - task works and the end of a task
 *
 * Purpose: show what becomes of works that a task still has when it exits, and
 * from when on task_work_add() refuses. An exiting task runs its works late in
 * its exit. Until then it takes new ones; after that the kernel closes the
 * list, and task_work_add() returns -ESRCH.
 *
 * Usage: insmod tw_exit.ko, read the log, rmmod tw_exit.
 *
 * Notes, experiments to try:
 * - The task is a kernel thread of this module. It never goes to user mode, so
 *   its exit is the only occasion to run a work.
 * - Whoever adds works to other tasks needs a way out for -ESRCH: fput(), for
 *   one, falls back to a workqueue.
 * - A task pointer of a task that may exit is good for nothing without a
 *   reference. Drop get_task_struct(), and task_work_add() reads freed memory.
 */

#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/completion.h>
#include <linux/delay.h>
#include <linux/err.h>
#include <linux/init.h>
#include <linux/kthread.h>
#include <linux/module.h>
#include <linux/printk.h>
#include <linux/sched.h>
#include <linux/sched/task.h>
#include <linux/task_work.h>

static DECLARE_COMPLETION(may_exit);

static const char *how(void)
{
	return current->flags & PF_EXITING ? "in its exit" : "while it lives";
}

static void plain_func(struct callback_head *work)
{
	pr_info("thread: plain work runs %s\n", how());
}

static void late_func(struct callback_head *work)
{
	pr_info("thread: late work runs %s\n", how());
}

static struct callback_head plain = { .func = plain_func };
static struct callback_head late = { .func = late_func };
static struct callback_head too_late = { .func = plain_func };

static int add(struct task_struct *task, struct callback_head *work, const char *name)
{
	int err = task_work_add(task, work, TWA_RESUME);

	if (err)
		pr_info("%s work refused: %pe\n", name, ERR_PTR(err));
	else
		pr_info("%s work added\n", name);
	return err;
}

static void adding_func(struct callback_head *work)
{
	pr_info("thread: adding work runs %s\n", how());
	add(current, &late, "late");
}

static struct callback_head adding = { .func = adding_func };

static int thread_func(void *unused)
{
	wait_for_completion(&may_exit);
	pr_info("thread: exits\n");
	return 0;
}

static int __init tw_exit_init(void)
{
	struct task_struct *thread;

	thread = kthread_create(thread_func, NULL, "tw_exit");
	if (IS_ERR(thread)) {
		pr_err("no thread: %pe\n", thread);
		return PTR_ERR(thread);
	}
	get_task_struct(thread);
	wake_up_process(thread);

	add(thread, &plain, "plain");
	add(thread, &adding, "adding");
	complete(&may_exit);
	/*
	 * No way on without the thread's end: it runs code of this module. The
	 * exit state is set after the works have run.
	 */
	while (!READ_ONCE(thread->exit_state))
		usleep_range(1000, 2000);
	pr_info("thread is gone\n");

	/* Never run: it does not take it. */
	if (!add(thread, &too_late, "last"))
		pr_err("a task that is gone has taken a work\n");
	put_task_struct(thread);
	return 0;
}

static void __exit tw_exit_exit(void)
{
	/* Nothing is left: the thread has gone through its exit during init. */
}

module_init(tw_exit_init);
module_exit(tw_exit_exit);

MODULE_AUTHOR("The kmodlab authors");
MODULE_DESCRIPTION("Lesson: task works of an exiting task");
MODULE_LICENSE("GPL");
