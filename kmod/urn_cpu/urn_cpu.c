// SPDX-License-Identifier: GPL-2.0-only
/*
 * urn_cpu - a user-return notifier belongs to a CPU
 *
 * Purpose: register one notifier on CPU 0 and one on CPU 1, and let both CPUs
 * return to user mode. Each notifier is called on its own CPU only, and the
 * first time before that CPU has executed a single instruction in user mode.
 *
 * Usage: insmod urn_cpu.ko (two CPUs, x86), rmmod urn_cpu, read the log.
 *
 * Notes, experiments to try:
 * - CPU 1 has a task that does nothing but count in user mode, see user_task.h.
 *   The interrupt that registers the notifier there reads the count, and so
 *   does the first call of the notifier. Nothing was counted in between.
 * - CPU 0 returns to user mode at the latest when insmod does.
 * - The functions of the kernel take no CPU: they act on the one they are
 *   called on. smp_call_function_single() gets us to the other one, and an
 *   interrupt is atomic enough for them.
 */

#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/cpumask.h>
#include <linux/err.h>
#include <linux/init.h>
#include <linux/kernel.h> /* for container_of() */
#include <linux/module.h>
#include <linux/moduleparam.h>
#include <linux/printk.h>
#include <linux/smp.h>

#include "user_return.h"
#include "user_task.h"

struct cpu_notifier {
	struct lab_notifier lab;
	unsigned int here, elsewhere; /* calls */
	u32 count; /* of the task, at the first call */
};

static struct user_task counter = { .cpu = 1 };
static struct cpu_notifier on_cpu0, on_cpu1;

module_param_named(program, counter.program, charp, 0444);
MODULE_PARM_DESC(program, "What the task is started from (default: /init, /sbin/init, /bin/sh ...)");

static void on_return(struct user_return_notifier *urn)
{
	struct cpu_notifier *n = container_of(urn, struct cpu_notifier, lab.urn);

	if (smp_processor_id() != n->lab.cpu) {
		/* Never run: which is what the lesson shows. */
		n->elsewhere++;
		return;
	}
	if (!n->here && n == &on_cpu1)
		n->count = user_task_count(&counter);
	WRITE_ONCE(n->here, n->here + 1);
}

static void arm_and_read(void *count)
{
	arm_here(&on_cpu1.lab);
	*(u32 *)count = user_task_count(&counter);
}

/* Waits until the notifier of CPU 1 was called twice, which takes a task there. */
static int __init await_calls(void)
{
	unsigned int pauses = 0;

	while (READ_ONCE(on_cpu1.here) < 2) {
		/* Never run: unless the CPU is slower to go back and forth than we are. */
		if (READ_ONCE(counter.task->exit_state))
			return -ESRCH;
		user_task_pause(&pauses);
	}
	return 0;
}

/* Registers the notifier on CPU 1 and waits until it was called. */
static int __init watch_cpu1(void)
{
	u32 count;
	int err;

	/* The task counts, that is, it has reached user mode. */
	err = user_task_await(&counter, user_task_count(&counter));
	if (!err)
		err = smp_call_function_single(on_cpu1.lab.cpu, arm_and_read, &count, 1);
	/* Never run: the task counts, and its CPU is online. */
	if (err)
		return err;
	err = await_calls();
	disarm(&on_cpu1.lab);
	if (!err)
		pr_info("notifier of CPU 1: first called %s user mode\n",
			on_cpu1.count == count ? "before" : "after");
	return err;
}

static int __init urn_cpu_init(void)
{
	int err;

	if (!cpu_online(counter.cpu)) {
		pr_err("there is no CPU %d\n", counter.cpu);
		return -ENODEV;
	}
	on_cpu0.lab.urn.on_user_return = on_return;
	on_cpu1.lab.urn.on_user_return = on_return;
	on_cpu1.lab.cpu = 1;
	err = arm(&on_cpu0.lab);
	if (err) {
		/* Never run: the CPU that inserts is online. */
		pr_err("no notifier on CPU 0: %pe\n", ERR_PTR(err));
		return err;
	}
	err = user_task_start(&counter);
	if (err) {
		/* Never run: an insmod has room for a page, see user_task.h. */
		pr_err("no user task: %pe\n", ERR_PTR(err));
		goto disarm;
	}
	err = watch_cpu1();
	user_task_stop(&counter);
	if (err) {
		/* Never run: it was online a moment ago. */
		pr_err("no notifier on CPU 1: %pe\n", ERR_PTR(err));
		goto disarm;
	}
	return 0;

disarm:
	disarm(&on_cpu0.lab);
	return err;
}

static void report(const struct cpu_notifier *n)
{
	pr_info("notifier of CPU %d: called there: %s, elsewhere: %s\n", n->lab.cpu,
		n->here ? "yes" : "no", n->elsewhere ? "yes" : "no");
}

static void __exit urn_cpu_exit(void)
{
	disarm(&on_cpu0.lab);
	report(&on_cpu0);
	report(&on_cpu1);
}

module_init(urn_cpu_init);
module_exit(urn_cpu_exit);

MODULE_AUTHOR("The kmodlab authors");
MODULE_DESCRIPTION("Lesson: user-return notifiers of two CPUs");
MODULE_LICENSE("GPL");
