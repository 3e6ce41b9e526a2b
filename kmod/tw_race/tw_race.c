// SPDX-License-Identifier: GPL-2.0-only
/*
 * tw_race - cancelling task works while they are about to run
 *
 * Purpose: let a cancellation on one CPU race with the run of the same work on
 * another CPU. Two races are fixed, so that each side wins one for certain. The
 * others are fair, many of them and with growing delays, and go on until each
 * side has won one of these, too. Whoever wins, every work meets exactly one
 * end: it was cancelled, or it has run.
 *
 * Usage: insmod tw_race.ko (two CPUs, x86), read the log, rmmod tw_race.
 *
 * Notes, experiments to try:
 * - The task is in user mode on CPU 1, see user_task.h. TWA_SIGNAL sends it an
 *   interrupt, and the cancellation sets off at the same time.
 * - Who wins how often depends on the machine, so the log does not tell:
 *     cat /sys/module/tw_race/parameters/cancelled
 *     cat /sys/module/tw_race/parameters/run
 * - Where the other CPU is slow to come, the cancellation waits longer and
 *   longer, up to a minute. A side that has not won by then is no answer: the
 *   insert is refused with ETIMEDOUT.
 * - After each race a second work is added and waited for. When it has run,
 *   the first one cannot be pending any more.
 */

#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/completion.h>
#include <linux/cpumask.h>
#include <linux/delay.h>
#include <linux/err.h>
#include <linux/init.h>
#include <linux/kernel.h> /* for container_of() */
#include <linux/math64.h>
#include <linux/module.h>
#include <linux/moduleparam.h>
#include <linux/printk.h>
#include <linux/sched.h>
#include <linux/smp.h>
#include <linux/task_work.h>
#include <linux/time64.h>

#include "unexported.h"
#include "user_task.h"

#define MAX_ROUNDS 10000
#define STEP_NS 500
#define MAX_DELAY_NS (64ULL * NSEC_PER_SEC)
#define MAX_TRIES 1000

static unsigned int rounds = 128;
module_param(rounds, uint, 0444);
MODULE_PARM_DESC(rounds, "Number of fair races, at least, 1 to 10000 (default 128)");

static unsigned int cancelled;
module_param(cancelled, uint, 0444);
MODULE_PARM_DESC(cancelled, "Fair races that the cancellation has won (to be read)");

static unsigned int run;
module_param(run, uint, 0444);
MODULE_PARM_DESC(run, "Fair races that the run has won (to be read)");

UNEXPORTED(task_work_cancel);

static struct user_task counter = { .cpu = 1 };

module_param_named(program, counter.program, charp, 0444);
MODULE_PARM_DESC(program, "What the task is started from (default: /init, /sbin/init, /bin/sh ...)");

static unsigned int none, several; /* works that met no end, and more than one */
static bool held, release;         /* the task, by the hold() of a fixed race */

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

/* In an interrupt on the task's CPU: as long as it lasts, the task runs nothing. */
static void hold(void *unused)
{
	WRITE_ONCE(held, true);
	while (!READ_ONCE(release))
		cpu_relax();
}

static int __init hold_task(struct counted_work *w)
{
	int err;

	err = smp_call_function_single(counter.cpu, hold, NULL, 0);
	while (!err && !READ_ONCE(held))
		cpu_relax();
	return err;
}

static int __init wait_for_run(struct counted_work *w)
{
	unsigned int pauses = 0;

	/* A work that was taken is run, at the latest in the exit of the task. */
	while (!READ_ONCE(w->runs))
		user_task_pause(&pauses);
	return 0;
}

static void __init wait_ns(u64 ns)
{
	if (ns < 20 * NSEC_PER_USEC)
		ndelay(ns);
	else if (ns < 2 * NSEC_PER_MSEC)
		udelay(div_u64(ns, NSEC_PER_USEC));
	else
		/* Never run: the race is won sooner. */
		msleep(div_u64(ns, NSEC_PER_MSEC));
}

/* When it returns, no work that was added before is pending any more. */
static int __init sweep_up(void)
{
	struct sweep_work sweep = { .head.func = sweep_func };
	int err;

	init_completion(&sweep.done);
	err = task_work_add(counter.task, &sweep.head, TWA_SIGNAL);
	if (err)
		/* Never run: the task lives, unless somebody kills it. */
		user_task_stop(&counter);	/* it exits anyway, and waits for its works */
	else
		wait_for_completion(&sweep.done);
	return err;
}

/* Returns 1 when the cancellation has won, 0 when the run has, or -errno. */
static int __init race(int (*before)(struct counted_work *w),
		       int (*between)(struct counted_work *w), u64 delay)
{
	struct counted_work w = { .head.func = work_func };
	bool won = false;
	int err;

	err = before ? before(&w) : 0;
	if (err)
		return err;
	err = task_work_add(counter.task, &w.head, TWA_SIGNAL);
	if (!err && between)
		err = between(&w);
	if (!err) {
		wait_ns(delay);
		won = unexported(task_work_cancel)(counter.task, &w.head);
	}
	WRITE_ONCE(release, true);
	err = sweep_up() ?: err;
	/* Never run: the same. */
	if (err)
		return err;
	none += won + READ_ONCE(w.runs) == 0;
	several += won + READ_ONCE(w.runs) > 1;
	return won;
}

static int __init fixed_races(void)
{
	int won;

	/* Plenty of time for a task that is not held. */
	won = race(hold_task, NULL, NSEC_PER_MSEC);
	if (won < 0)
		return won;
	pr_info("the task is held on its way: the %s wins\n", won ? "cancellation" : "run");
	won = race(NULL, wait_for_run, 0);
	if (won < 0)
		return won;
	pr_info("the task is waited for: the %s wins\n", won ? "cancellation" : "run");
	return 0;
}

static int __init fair_race(u64 delay)
{
	int won = race(NULL, NULL, delay);

	cancelled += won == 1;
	run += won == 0;
	return won < 0 ? won : 0;
}

static int __init fair_races(void)
{
	u64 delay = 64 * STEP_NS;
	unsigned int i;
	int err = 0;

	/* A little later each time, and from the start again after 64 of them. */
	for (i = 0; !err && i < rounds; i++)
		err = fair_race((i % 64) * STEP_NS);
	/* Whoever has not won yet gets more and more of a chance. */
	for (; !err && !run && delay <= MAX_DELAY_NS; delay *= 2)
		/* Never run: unless a side has not won by then. */
		err = fair_race(delay);
	for (i = 0; !err && !cancelled && i < MAX_TRIES; i++)
		/* Never run: likewise. */
		err = fair_race(0);
	if (err)
		return err;
	if (!run || !cancelled) {
		/* Never run: each wins once. */
		pr_err("the %s has won no fair race\n", run ? "cancellation" : "run");
		return -ETIMEDOUT;
	}
	pr_info("fair races: each side has won\n");
	return 0;
}

static int __init tw_race_init(void)
{
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
		/* Never run: an insmod has room for a page, see user_task.h. */
		pr_err("no user task: %pe\n", ERR_PTR(err));
		return err;
	}
	err = fixed_races();
	if (!err)
		err = fair_races();
	user_task_stop(&counter);
	/* Never run: they do. */
	if (err)
		pr_err("the races did not come to their end: %pe\n", ERR_PTR(err));
	else
		pr_info("all races: %u works met no end, %u met more than one\n", none, several);
	return err;
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
