// SPDX-License-Identifier: GPL-2.0-only
/*
 * tw_modes - what a notify mode does to a task that is in the kernel
 *
 * Purpose: add a work to a task that sleeps interruptibly, is blocked
 * uninterruptibly or computes in the kernel, with each notify mode, and show
 * whether the task notices before it is done. The task is the one that inserts
 * the module. The work itself always waits for the way back to user mode.
 *
 * Usage: insmod tw_modes.ko state=asleep mode=TWA_SIGNAL, read the log, rmmod
 * tw_modes. States: asleep, blocked, computing. Modes: TWA_NONE, TWA_RESUME,
 * TWA_SIGNAL, TWA_SIGNAL_NO_IPI (5.19 and later).
 *
 * Notes, experiments to try:
 * - Nothing here depends on time. A sleep ends either because the notification
 *   has ended it at once, or because the thread that added the work sees that
 *   the task still sleeps, and wakes it.
 * - A work that was added with TWA_NONE would not run on the way to user mode,
 *   as nothing tells the task to look. The "escort", a second work with
 *   TWA_RESUME, takes it along. Leave it away, and rmmod has to be tried until
 *   something else has made the task look.
 */

#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/completion.h>
#include <linux/err.h>
#include <linux/init.h>
#include <linux/kthread.h>
#include <linux/module.h>
#include <linux/moduleparam.h>
#include <linux/printk.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>
#include <linux/sched/signal.h>
#include <linux/string.h>
#include <linux/task_work.h>
#include <linux/wait.h>

#include "hard_irq_work.h"
#include "taskwork_modes.h"

static char *state = "asleep";
module_param(state, charp, 0444);
MODULE_PARM_DESC(state, "What the task does: asleep (default), blocked or computing");

static char *mode = "TWA_SIGNAL";
module_param(mode, charp, 0444);
MODULE_PARM_DESC(mode, "Notify mode (default TWA_SIGNAL)");

static const struct named_mode *chosen;
static struct task_struct *target;
static DECLARE_WAIT_QUEUE_HEAD(bed);
static bool added, released;

static void work_func(struct callback_head *head)
{
	pr_info("work runs on the way to user mode\n");
	module_put(THIS_MODULE);
}

static void escort_func(struct callback_head *head)
{
	pr_info("escort runs on the way to user mode\n");
	module_put(THIS_MODULE);
}

static struct callback_head work = { .func = work_func };
static struct callback_head escort = { .func = escort_func };

static void add_work(struct callback_head *w, enum task_work_notify_mode how)
{
	/* A pending work keeps the module. The target is alive, so it takes the work. */
	__module_get(THIS_MODULE);
	/* Never run: a task that waits for us has not begun to exit. */
	if (task_work_add(target, w, how))
		module_put(THIS_MODULE);
}

/* Adds the work once the target is in the state that data points to, as ps shows it. */
static int adder_func(void *data)
{
	const char wanted = *(const char *)data;

	while (task_state_to_char(target) != wanted) {
		/*
		 * It was woken by a signal of somebody else's, and has come for us.
		 * Never run: nobody sends one, and it sleeps by the time we look.
		 */
		if (kthread_should_stop())
			return -EINTR;
		schedule_timeout_uninterruptible(1);
	}
	add_work(&work, chosen->mode);
	/* A notification wakes the target before task_work_add() returns. */
	if (task_state_to_char(target) == wanted) {
		WRITE_ONCE(released, true);
		wake_up(&bed);
	}
	/* Stay until the target has come for us: it may not lose its target pointer. */
	while (!kthread_should_stop())
		schedule_timeout_interruptible(1);
	return 0;
}

/* Sleeps in the state how, "S" or "D". */
static int __init sleep_through(const char *how)
{
	struct task_struct *adder;
	int err = 0, never;

	adder = kthread_run(adder_func, (void *)how, "tw_modes");
	if (IS_ERR(adder))
		return PTR_ERR(adder);
	if (*how == 'S')
		err = wait_event_interruptible(bed, READ_ONCE(released));
	else
		wait_event(bed, READ_ONCE(released));
	never = kthread_stop(adder);
	if (never)
		return never;
	pr_info("%s: %s %s the sleep\n", state, chosen->name, err ? "ended" : "did not end");
	return 0;
}

/* In an interrupt, on the CPU of the target and on top of it. */
static void add_from_irq(struct irq_work *unused)
{
	add_work(&work, chosen->mode);
	WRITE_ONCE(added, true);
}

static int __init compute(void)
{
	static struct irq_work irq;

	init_hard_irq_work(&irq, add_from_irq);
	irq_work_queue(&irq);
	/* Never run: the interrupt comes at once. */
	while (!READ_ONCE(added))
		cpu_relax();
	irq_work_sync(&irq);
	pr_info("%s: the computation went on, %s %s\n", state, chosen->name,
		signal_pending(current) ? "looks like a signal" : "is not seen by it");
	return 0;
}

static int __init tw_modes_init(void)
{
	int err;

	chosen = find_mode(mode);
	if (!chosen) {
		pr_err("mode=%s: this kernel has no such mode\n", mode);
		return -EINVAL;
	}
	target = current;
	if (!strcmp(state, "asleep")) {
		err = sleep_through("S");
	} else if (!strcmp(state, "blocked")) {
		err = sleep_through("D");
	} else if (!strcmp(state, "computing")) {
		err = compute();
	} else {
		pr_err("state=%s: not one of asleep, blocked, computing\n", state);
		err = -EINVAL;
	}
	if (err)
		return err;
	if (chosen->mode == TWA_NONE)
		add_work(&escort, TWA_RESUME);
	pr_info("init returns\n");
	return 0;
}

static void __exit tw_modes_exit(void)
{
	/* The last callback may have been preempted after its module_put(). */
	synchronize_rcu_tasks();
}

module_init(tw_modes_init);
module_exit(tw_modes_exit);

MODULE_AUTHOR("The kmodlab authors");
MODULE_DESCRIPTION("Lesson: the notify modes of task works");
MODULE_LICENSE("GPL");
