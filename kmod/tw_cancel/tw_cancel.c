// SPDX-License-Identifier: GPL-2.0-only
/*
 * tw_cancel - taking task works back
 *
 * Purpose: show what the three cancel functions of the kernel do with a work
 * that is pending, one that runs, and one that waits behind it. A cancelled
 * work does not run. But once the task has taken its list to run it, nothing
 * on that list can be cancelled any more, not even works whose turn is yet to
 * come.
 *
 * Usage: insmod tw_cancel.ko, read the log, rmmod tw_cancel.
 *
 * Notes, experiments to try:
 * - No kernel exports these functions. See unexported.h for the way to them; it
 *   is for a laboratory. Where it is closed, the insert is refused with
 *   "Operation not supported".
 * - task_work_cancel_func() takes the work that was added last, as the list
 *   begins with it.
 * - Is a work that was not cancelled certain to run? For an owner that wants to
 *   free it, that is the question that matters: free it in the callback, or
 *   wait for the callback.
 */

#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/err.h>
#include <linux/init.h>
#include <linux/kernel.h> /* for container_of() */
#include <linux/module.h>
#include <linux/printk.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>
#include <linux/string.h>
#include <linux/task_work.h>

#include "unexported.h"

UNEXPORTED(task_work_cancel);
UNEXPORTED(task_work_cancel_func);
UNEXPORTED(task_work_cancel_match);

struct named_work {
	struct callback_head head;
	const char *name;
};

static void work_func(struct callback_head *head);
static void first_func(struct callback_head *head);

static struct named_work one = { { .func = work_func }, "one" };
static struct named_work two = { { .func = work_func }, "two" };
static struct named_work three = { { .func = work_func }, "three" };
static struct named_work behind = { { .func = work_func }, "behind" };
static struct named_work first = { { .func = first_func }, "first" };

static const char *name_of(const struct callback_head *head)
{
	return head ? container_of(head, struct named_work, head)->name : "nothing";
}

static void add(struct named_work *w)
{
	/* The task that runs this is no exiting one, so it takes the work. */
	__module_get(THIS_MODULE);
	/* Never run: a task that has not begun to exit takes works. */
	if (task_work_add(current, &w->head, TWA_RESUME))
		module_put(THIS_MODULE);
}

/* A work that was taken back will not put its reference to the module. */
static struct callback_head *taken_back(struct callback_head *head)
{
	if (head)
		module_put(THIS_MODULE);
	return head;
}

static void try_to_cancel(struct named_work *w)
{
	bool done = unexported(task_work_cancel)(current, &w->head);

	taken_back(done ? &w->head : NULL);
	pr_info("cancel work %s: %s\n", w->name, done ? "done" : "too late");
}

static void work_func(struct callback_head *head)
{
	pr_info("work %s runs\n", name_of(head));
	module_put(THIS_MODULE);
}

static void first_func(struct callback_head *head)
{
	pr_info("work %s runs\n", name_of(head));
	try_to_cancel(&first);
	try_to_cancel(&behind);
	module_put(THIS_MODULE);
}

static bool has_name(struct callback_head *head, void *name)
{
	/* Other works of the task may be on the list: look at their functions first. */
	return head->func == work_func && !strcmp(name_of(head), name);
}

static int __init look_up_all(void)
{
	int err;

	err = look_up(task_work_cancel);
	if (!err)
		err = look_up(task_work_cancel_func);
	if (!err)
		err = look_up(task_work_cancel_match);
	return err;
}

static int __init tw_cancel_init(void)
{
	struct callback_head *found;

	if (look_up_all())
		return -EOPNOTSUPP;

	add(&one);
	add(&two);
	add(&three);
	try_to_cancel(&two);
	try_to_cancel(&two);
	found = unexported(task_work_cancel_func)(current, work_func);
	pr_info("cancel by function finds work %s\n", name_of(taken_back(found)));
	add(&three);
	found = unexported(task_work_cancel_match)(current, has_name, (void *)"one");
	pr_info("cancel by match finds work %s\n", name_of(taken_back(found)));
	found = unexported(task_work_cancel_match)(current, has_name, (void *)"one");
	pr_info("cancel by match then finds work %s\n", name_of(taken_back(found)));

	add(&behind);
	add(&first);
	pr_info("init returns with works first, behind, three\n");
	return 0;
}

static void __exit tw_cancel_exit(void)
{
	/* The last callback may have been preempted after its module_put(). */
	synchronize_rcu_tasks();
}

module_init(tw_cancel_init);
module_exit(tw_cancel_exit);

MODULE_AUTHOR("The kmodlab authors");
MODULE_DESCRIPTION("Lesson: cancelling task works");
MODULE_LICENSE("GPL");
