// SPDX-License-Identifier: GPL-2.0-only
/*
 * urn_order - task work and user-return notifier on one return to user mode
 *
 * Purpose: show that on one and the same return to user mode all task works
 * run before any user-return notifier, whatever was asked for first, and that
 * a work that is added by a work still comes before the notifier. Works are
 * part of a loop that goes on until nothing is left to do, with interrupts on.
 * Notifiers are called behind that loop, with interrupts off, as the last thing
 * before user mode.
 *
 * Usage: insmod urn_order.ko, read the log, rmmod urn_order.
 *
 * Notes, experiments to try:
 * - insmod urn_order.ko notifier_first=1 registers the notifier before the work
 *   is added. The order of the calls stays.
 * - A work may sleep, and an interrupt may come. A notifier sees the state that
 *   user mode will see, as nothing can come in between any more.
 */

#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/err.h>
#include <linux/init.h>
#include <linux/irqflags.h>
#include <linux/module.h>
#include <linux/moduleparam.h>
#include <linux/pid.h>
#include <linux/printk.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>
#include <linux/smp.h>
#include <linux/task_work.h>

#include "user_return.h"

static bool notifier_first;
module_param(notifier_first, bool, 0444);
MODULE_PARM_DESC(notifier_first, "Register the notifier before the work is added (default no)");

/* Held, so that no other task gets the number of the inserting one. */
static struct pid *inserter;

static const char *irqs(void)
{
	return irqs_disabled() ? "interrupts off" : "interrupts on";
}

static void on_return(struct user_return_notifier *urn)
{
	/* Other tasks return on this CPU, too. */
	if (task_pid(current) != inserter)
		return;
	disarm_here(container_of(urn, struct lab_notifier, urn));
	pr_info("notifier called, %s\n", irqs());
}

static struct lab_notifier notifier = { .urn.on_user_return = on_return };

static void second_func(struct callback_head *unused)
{
	pr_info("second work runs, %s\n", irqs());
	module_put(THIS_MODULE);
}

static struct callback_head second = { .func = second_func };

static void first_func(struct callback_head *unused)
{
	pr_info("first work runs, %s, adds the second one\n", irqs());
	/* The reference to the module is handed on. */
	/* Never run: a task that returns to user mode takes works. */
	if (task_work_add(current, &second, TWA_RESUME))
		module_put(THIS_MODULE);
}

static struct callback_head first = { .func = first_func };

static int __init register_notifier(void)
{
	int err;

	notifier.cpu = raw_smp_processor_id();
	err = arm(&notifier);
	if (!err)
		pr_info("notifier registered\n");
	return err;
}

static int __init urn_order_init(void)
{
	int err = 0;

	inserter = get_task_pid(current, PIDTYPE_PID);
	if (notifier_first)
		err = register_notifier();
	if (err)
		goto put_inserter;

	__module_get(THIS_MODULE);
	err = task_work_add(current, &first, TWA_RESUME);
	if (err) {
		module_put(THIS_MODULE);
		goto disarm;
	}
	pr_info("work added\n");
	/* From here on a work is pending, and the module has to stay. */
	/* Never run: the CPU that inserts is online. */
	if (!notifier_first && register_notifier())
		pr_err("notifier not registered\n");
	pr_info("init returns\n");
	return 0;

disarm:
	disarm(&notifier);
put_inserter:
	put_pid(inserter);
	return err;
}

static void __exit urn_order_exit(void)
{
	disarm(&notifier);
	/* The last callback may have been preempted after its module_put(). */
	synchronize_rcu_tasks();
	put_pid(inserter);
}

module_init(urn_order_init);
module_exit(urn_order_exit);

MODULE_AUTHOR("The kmodlab authors");
MODULE_DESCRIPTION("Lesson: task works come before user-return notifiers");
MODULE_LICENSE("GPL");
