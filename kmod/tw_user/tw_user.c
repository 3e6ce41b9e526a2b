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
 *   see user_task.h.
 * - Time decides nothing. An interrupt on CPU 1 reads the count; when the count
 *   has moved on from there, the task has gone back to user mode since the work
 *   was added. A work that is still pending then has been passed by.
 * - TWA_SIGNAL_NO_IPI sets the flag without an interrupt of its own. Here it
 *   cannot be told from TWA_SIGNAL, as this module sends an interrupt anyway.
 */

#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/cpumask.h>
#include <linux/delay.h>
#include <linux/err.h>
#include <linux/init.h>
#include <linux/kernel.h> /* for ARRAY_SIZE() and container_of() */
#include <linux/module.h>
#include <linux/printk.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>
#include <linux/smp.h>
#include <linux/task_work.h>

#include "taskwork_modes.h"
#include "user_task.h"

#define TRIES 10

static struct user_task counter = { .cpu = 1 };

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

/* Returns when the task has gone from the kernel to user mode. */
static void wait_for_return(void)
{
	u32 count;

	smp_call_function_single(counter.cpu, read_count, &count, 1);
	while (user_task_count(&counter) == count)
		usleep_range(1000, 2000);
}

/* Adds a work and tells whether the task ran it on its next way there. */
static bool run_by_next_return(enum task_work_notify_mode mode)
{
	struct watched_work w = { .ran = false };
	struct watched_work sweep = { .ran = false };
	bool ran;

	init_task_work(&w.head, work_func);
	init_task_work(&sweep.head, work_func);
	if (task_work_add(counter.task, &w.head, mode))
		return false;
	wait_for_return();
	ran = READ_ONCE(w.ran);

	/* Both works are on this stack: leave only when they have run. */
	if (!task_work_add(counter.task, &sweep.head, TWA_RESUME))
		while (!READ_ONCE(sweep.ran) || !READ_ONCE(w.ran))
			usleep_range(1000, 2000);
	return ran;
}

/*
 * The kernel itself may have a reason to send the task through its works, a
 * few times a second. It shows TWA_NONE run by chance, so one miss is proof.
 */
static bool run_always(enum task_work_notify_mode mode)
{
	unsigned int i;

	for (i = 0; i < TRIES; i++)
		if (!run_by_next_return(mode))
			return false;
	return true;
}

static int __init tw_user_init(void)
{
	unsigned int i;
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
	for (i = 0; i < ARRAY_SIZE(named_modes); i++)
		pr_info("in user mode on another CPU: %s %s\n", named_modes[i].name,
			run_always(named_modes[i].mode) ?
			"runs the work on the next return" : "may pass the work by");
	user_task_stop(&counter);
	return 0;
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
