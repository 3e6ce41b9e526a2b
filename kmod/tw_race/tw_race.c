// SPDX-License-Identifier: GPL-2.0-only
/*
 * tw_race - cancelling task works while they are about to run
 *
 * Purpose: let a cancellation on one CPU race with the run of the same work on
 * another CPU, many times and with growing delays. Whoever wins, every work
 * meets exactly one end: it was cancelled, or it has run.
 *
 * Usage: insmod tw_race.ko (two CPUs, x86), read the log, rmmod tw_race.
 *
 * Notes, experiments to try:
 * - The task is in user mode on CPU 1, see user_task.h. TWA_SIGNAL sends it an
 *   interrupt, and the cancellation sets off at the same time.
 * - Who wins how often depends on the machine, so the log does not tell:
 *     cat /sys/module/tw_race/parameters/cancelled
 * - After each round a second work is added and waited for. When it has run,
 *   the first one cannot be pending any more.
 */

#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/completion.h>
#include <linux/cpumask.h>
#include <linux/delay.h>
#include <linux/err.h>
#include <linux/init.h>
#include <linux/kernel.h> /* for container_of() */
#include <linux/module.h>
#include <linux/moduleparam.h>
#include <linux/printk.h>
#include <linux/sched.h>
#include <linux/task_work.h>

#include "unexported.h"
#include "user_task.h"

#define MAX_ROUNDS 10000
#define STEP_NS 500

static unsigned int rounds = 128;
module_param(rounds, uint, 0444);
MODULE_PARM_DESC(rounds, "Number of races, 1 to 10000 (default 128)");

static unsigned int cancelled;
module_param(cancelled, uint, 0444);
MODULE_PARM_DESC(cancelled, "Races that the cancellation has won (to be read)");

UNEXPORTED(task_work_cancel);

static struct user_task counter = { .cpu = 1 };

struct counted_work {
	struct callback_head head;
	unsigned int runs;
};

static void work_func(struct callback_head *head)
{
	struct counted_work *w = container_of(head, struct counted_work, head);

	WRITE_ONCE(w->runs, w->runs + 1);
}

struct sweep_work {
	struct callback_head head;
	struct completion done;
};

static void sweep_func(struct callback_head *head)
{
	complete(&container_of(head, struct sweep_work, head)->done);
}

/* Returns how many ends the work has met. */
static unsigned int __init race(unsigned int round)
{
	struct counted_work w = { .head.func = work_func };
	struct sweep_work sweep = { .head.func = sweep_func };
	unsigned int ends = 0;

	if (task_work_add(counter.task, &w.head, TWA_SIGNAL))
		return 0;
	/* A little later in each round, and from the start again after 64 rounds. */
	ndelay((round % 64) * STEP_NS);
	if (unexported(task_work_cancel)(counter.task, &w.head)) {
		cancelled++;
		ends++;
	}

	init_completion(&sweep.done);
	if (!task_work_add(counter.task, &sweep.head, TWA_SIGNAL))
		wait_for_completion(&sweep.done);
	return ends + READ_ONCE(w.runs);
}

static int __init tw_race_init(void)
{
	unsigned int i, neither = 0, both = 0;
	int err;

	if (rounds < 1 || rounds > MAX_ROUNDS) {
		pr_err("rounds=%u is out of range (1 to %u)\n", rounds, MAX_ROUNDS);
		return -EINVAL;
	}
	if (!cpu_online(counter.cpu)) {
		pr_err("there is no CPU %d for the task\n", counter.cpu);
		return -ENODEV;
	}
	err = look_up(task_work_cancel);
	if (err)
		return err;
	err = user_task_start(&counter);
	if (err) {
		pr_err("no user task: %pe\n", ERR_PTR(err));
		return err;
	}

	for (i = 0; i < rounds; i++) {
		unsigned int ends = race(i);

		neither += ends == 0;
		both += ends > 1;
	}
	user_task_stop(&counter);
	pr_info("%u races: %u works met no end, %u met more than one\n", rounds, neither, both);
	return 0;
}

static void __exit tw_race_exit(void)
{
	/* Nothing is left: the task is gone, and with it its works. */
}

module_init(tw_race_init);
module_exit(tw_race_exit);

MODULE_AUTHOR("The kmodlab authors");
MODULE_DESCRIPTION("Lesson: cancelling a task work while it is about to run");
MODULE_LICENSE("GPL");
