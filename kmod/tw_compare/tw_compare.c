// SPDX-License-Identifier: GPL-2.0-only
/*
 * tw_compare - one job as a tasklet, as a work item and as a task work
 *
 * Purpose: hand the same job to three of the kernel's ways to do it later, and
 * show where each of them does it: in which context, in which task, and
 * whether the memory of the task that asked for it can be reached there.
 *
 * Usage: insmod tw_compare.ko, read the log, rmmod tw_compare.
 *
 * Notes, experiments to try:
 * - The tasklet runs at the end of the section without bottom halves, on top of
 *   the task that happens to be there. Schedule it outside of such a section,
 *   and the task it sits on is ksoftirqd or whoever is interrupted next.
 * - The work item has to be waited for here (flush_work), otherwise nobody
 *   knows when it is done.
 * - The task work needs no waiting: it is done before the task that asked for
 *   it is back in user mode. That is its point.
 */

#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/bottom_half.h>
#include <linux/err.h>
#include <linux/init.h>
#include <linux/interrupt.h>
#include <linux/module.h>
#include <linux/preempt.h>
#include <linux/printk.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>
#include <linux/task_work.h>
#include <linux/workqueue.h>

/* Only compared, never followed: it may be gone. */
static const struct task_struct *inserter;

static void job(const char *how)
{
	const char *where = "the inserting task";

	if (in_serving_softirq())
		where = "a soft interrupt";
	else if (current->flags & PF_KTHREAD)
		where = "a kernel thread";
	else if (current != inserter)
		/* Never run: there are but these two. */
		where = "another task";
	pr_info("%s: in %s, %s sleep, %s\n", how, where, in_task() ? "may" : "may not",
		in_task() && current->mm ? "with the memory of its task" : "without user memory");
}

static void tasklet_func(struct tasklet_struct *unused)
{
	job("tasklet");
}

static void item_func(struct work_struct *unused)
{
	job("work item");
}

static void work_func(struct callback_head *unused)
{
	job("task work");
	module_put(THIS_MODULE);
}

static DECLARE_TASKLET(tasklet, tasklet_func);
static DECLARE_WORK(item, item_func);
static struct callback_head work = { .func = work_func };

static int __init tw_compare_init(void)
{
	int err;

	inserter = current;

	local_bh_disable();
	tasklet_schedule(&tasklet);
	pr_info("tasklet scheduled\n");
	local_bh_enable();
	tasklet_kill(&tasklet);

	schedule_work(&item);
	pr_info("work item scheduled\n");
	flush_work(&item);

	/* A pending work keeps the module: rmmod is refused until it has run. */
	__module_get(THIS_MODULE);
	err = task_work_add(current, &work, TWA_RESUME);
	if (err) {
		module_put(THIS_MODULE);
		pr_err("task work not added: %pe\n", ERR_PTR(err));
		return err;
	}
	pr_info("task work added\n");
	pr_info("init returns\n");
	return 0;
}

static void __exit tw_compare_exit(void)
{
	/* The callback may have been preempted after its module_put(). */
	synchronize_rcu_tasks();
}

module_init(tw_compare_init);
module_exit(tw_compare_exit);

MODULE_AUTHOR("The kmodlab authors");
MODULE_DESCRIPTION("Lesson: task work beside tasklet and workqueue");
MODULE_LICENSE("GPL");
