// SPDX-License-Identifier: GPL-2.0-only
/*
 * urn_preempt - a user-return notifier registered in preemptible context
 *
 * Purpose: "Must be called in atomic context" says the kernel's comment about
 * registering and unregistering. Show that nothing enforces it, and what goes
 * wrong without it: the caller may be on another CPU by the time it
 * unregisters, and then clears the flag there instead of here. This CPU goes on
 * looking for notifiers, on every return to user mode, without having any.
 *
 * Usage: insmod urn_preempt.ko, read the log, rmmod urn_preempt. With two CPUs:
 * insmod urn_preempt.ko move=1.
 *
 * Notes, experiments to try:
 * - The task keeps itself on CPU 0 while it registers. Being moved between the
 *   two halves of user_return_notifier_register() would set the flag on one CPU
 *   and add to the list of another one, and the notifier would not be called.
 * - With move=1 CPU 0 is held in an interrupt while CPU 1 changes its list. This
 *   makes the mistake a safe one: CPU 0 could just be walking that list.
 * - A kernel with CONFIG_DEBUG_PREEMPT does complain, from this_cpu_ptr().
 */

#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/cpumask.h>
#include <linux/err.h>
#include <linux/init.h>
#include <linux/irqflags.h>
#include <linux/module.h>
#include <linux/moduleparam.h>
#include <linux/pid.h>
#include <linux/preempt.h>
#include <linux/printk.h>
#include <linux/sched.h>
#include <linux/smp.h>

#include "user_return.h"

static bool move;
module_param(move, bool, 0444);
MODULE_PARM_DESC(move, "Unregister on CPU 1 (default no)");

/* Held, so that no other task gets the number of the inserting one. */
static struct pid *inserter;
static bool held, release;

static void on_return(struct user_return_notifier *urn)
{
	/* Other tasks return on this CPU, too. */
	if (task_pid(current) != inserter)
		return;
	disarm_here(container_of(urn, struct lab_notifier, urn));
	pr_info("notifier called\n");
}

static struct lab_notifier notifier = { .urn.on_user_return = on_return };

static void hold(void *unused)
{
	WRITE_ONCE(held, true);
	while (!READ_ONCE(release))
		cpu_relax();
}

static int __init unregister_on_cpu1(void)
{
	int err;

	err = set_cpus_allowed_ptr(current, cpumask_of(1));
	if (err)
		return err;
	err = smp_call_function_single(notifier.cpu, hold, NULL, 0);
	if (err)
		return err;
	/* Never run: unless the other CPU is late. */
	while (!READ_ONCE(held))
		cpu_relax();
	disarm_here(&notifier);
	WRITE_ONCE(release, true);
	pr_info("unregistered on CPU %d\n", raw_smp_processor_id());
	return 0;
}

static void __init say_flag(void)
{
	pr_info("CPU %d has %s notifier, TIF_USER_RETURN_NOTIFY is %s\n", raw_smp_processor_id(),
		notifier.armed ? "a" : "no",
		test_thread_flag(TIF_USER_RETURN_NOTIFY) ? "set" : "clear");
}

/* Goes the wrong way to the other CPU and back, and then puts it right. */
static int __init wrong_cpu(void)
{
	int err;

	err = unregister_on_cpu1();
	/* Back in any case: the rest of this module acts on CPU 0. */
	if (set_cpus_allowed_ptr(current, cpumask_of(0)) || err) {
		/* Never run: this CPU is online, and was there before. */
		disarm(&notifier);
		return err ?: -EIO;
	}
	say_flag();
	arm(&notifier);
	disarm(&notifier);
	say_flag();
	return 0;
}

static int __init register_preemptible(void)
{
	int err;

	err = set_cpus_allowed_ptr(current, cpumask_of(0));
	if (err)
		return err;
	arm_here(&notifier);
	pr_info("registered on CPU %d, preemption and interrupts %s\n", raw_smp_processor_id(),
		preempt_count() || irqs_disabled() ? "off" : "on");
	return move ? wrong_cpu() : 0;
}

static int __init urn_preempt_init(void)
{
	cpumask_var_t allowed;
	int err;

	if (move && !cpu_online(1)) {
		pr_err("there is no CPU 1 to move to\n");
		return -ENODEV;
	}
	if (!alloc_cpumask_var(&allowed, GFP_KERNEL))
		return -ENOMEM;
	inserter = get_task_pid(current, PIDTYPE_PID);
	cpumask_copy(allowed, current->cpus_ptr);
	err = register_preemptible();
	set_cpus_allowed_ptr(current, allowed);
	free_cpumask_var(allowed);
	if (err) {
		/* Never run: see above. */
		pr_err("nothing shown: %pe\n", ERR_PTR(err));
		put_pid(inserter);
		return err;
	}
	pr_info("init returns\n");
	return 0;
}

static void __exit urn_preempt_exit(void)
{
	disarm(&notifier);
	put_pid(inserter);
}

module_init(urn_preempt_init);
module_exit(urn_preempt_exit);

MODULE_AUTHOR("The kmodlab authors");
MODULE_DESCRIPTION("Lesson: why user-return notifiers want atomic context");
MODULE_LICENSE("GPL");
