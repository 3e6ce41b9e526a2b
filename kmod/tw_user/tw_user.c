// SPDX-License-Identifier: GPL-2.0-only
/*
 * tw_user - what a notify mode does to a task that is in user mode elsewhere
 *
 * Purpose: add works to a task that runs in user mode on another CPU, and show
 * which notify modes make it run them. A work runs on the way from the kernel
 * to user mode, so the task has to come into the kernel first, and it has to
 * be told to look on its way back. TWA_RESUME and TWA_SIGNAL see to both,
 * TWA_NONE to neither.
 *
 * Usage: insmod tw_user.ko (two CPUs, x86), read the log, rmmod tw_user.
 *
 * Notes, experiments to try:
 * - The task is an endless loop of a few bytes on CPU 1 that counts in memory,
 *   see user_task.h. program=/bin/ls starts it from another program; one that is
 *   not there is refused with "No such file or directory".
 * - Time decides nothing. An interrupt on CPU 1 reads the count; when the count
 *   has moved on from there, the task has gone back to user mode since the work
 *   was added. A work that is still pending then has been passed by.
 * - TWA_SIGNAL_NO_IPI sets the flag without an interrupt of its own. Here it
 *   cannot be told from TWA_SIGNAL, as this module sends an interrupt anyway.
 */

#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/cpumask.h>
#include <linux/err.h>
#include <linux/init.h>
#include <linux/kernel.h> /* for ARRAY_SIZE() and container_of() */
#include <linux/module.h>
#include <linux/moduleparam.h>
#include <linux/printk.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>
#include <linux/smp.h>
#include <linux/task_work.h>

#include "taskwork_modes.h"
#include "user_task.h"

#define TRIES 30

static struct user_task counter = { .cpu = 1 };

module_param_named(program, counter.program, charp, 0444);
MODULE_PARM_DESC(program, "What the task is started from (default: /init, /sbin/init, /bin/sh ...)");

struct watched_work {
	struct callback_head head;
	bool ran;
};

static void work_func(struct callback_head *head)
{
	WRITE_ONCE(container_of(head, struct watched_work, head)->ran, true);
}

/* In an interrupt on the task's CPU, that is, with the task in the kernel. */
static void read_count(void *count)
{
	*(u32 *)count = user_task_count(&counter);
}

/* Returns 0 when the task has gone from the kernel to user mode, or -errno. */
static int wait_for_return(void)
{
	u32 count;
	int err;

	err = smp_call_function_single(counter.cpu, read_count, &count, 1);
	return err ?: user_task_await(&counter, count);
}

/* Adds a work. Returns 1 if the task ran it on its next way there, 0 if not, or -errno. */
static int run_by_next_return(enum task_work_notify_mode mode)
{
	struct watched_work w = { .ran = false };
	struct watched_work sweep = { .ran = false };
	unsigned int pauses = 0;
	bool ran;
	int err;

	init_task_work(&w.head, work_func);
	init_task_work(&sweep.head, work_func);
	err = task_work_add(counter.task, &w.head, mode);
	if (err)
		return err;
	err = wait_for_return();
	ran = READ_ONCE(w.ran);

	/* Refused by a task that exits. The work it has is run by its exit, then. */
	/* Never run: the task lives, unless somebody kills it. */
	if (task_work_add(counter.task, &sweep.head, TWA_RESUME))
		sweep.ran = true;
	/* Both works are on this stack: leave only when they have run. */
	while (!READ_ONCE(sweep.ran) || !READ_ONCE(w.ran))
		user_task_pause(&pauses);
	return err ?: ran;
}

/*
 * The kernel itself may have a reason to send the task through its works, a
 * few times a second. It shows TWA_NONE run by chance, so one miss is proof.
 * Returns 1 if there was none, 0 if there was, or -errno.
 */
static int run_always(enum task_work_notify_mode mode)
{
	unsigned int i;
	int ran = 1;

	for (i = 0; ran > 0 && i < TRIES; i++)
		ran = run_by_next_return(mode);
	return ran;
}

static int __init try_modes(void)
{
	unsigned int i;
	int ran;

	for (i = 0; i < ARRAY_SIZE(named_modes); i++) {
		ran = run_always(named_modes[i].mode);
		if (ran < 0)
			return ran;
		pr_info("in user mode on another CPU: %s %s\n", named_modes[i].name,
			ran ? "runs the work on the next return" : "may pass the work by");
	}
	return 0;
}

static int __init tw_user_init(void)
{
	int err;

	if (!cpu_online(counter.cpu)) {
		pr_err("there is no CPU %d for the task\n", counter.cpu);
		return -ENODEV;
	}
	err = user_task_start(&counter);
	if (err) {
		pr_err("no user task: %pe\n", ERR_PTR(err));
		return err;
	}
	err = try_modes();
	/* Never run: likewise. */
	if (err)
		pr_err("the task is lost: %pe\n", ERR_PTR(err));
	user_task_stop(&counter);
	return err;
}

static void __exit tw_user_exit(void)
{
	/* Nothing is left: the task is gone, and with it its works. */
}

module_init(tw_user_init);
module_exit(tw_user_exit);

MODULE_AUTHOR("The kmodlab authors");
MODULE_DESCRIPTION("Lesson: task works of a task in user mode");
MODULE_LICENSE("GPL");
