// SPDX-License-Identifier: GPL-2.0-only
/*
 * urn_repeat - how often a user-return notifier is called, and for whom
 *
 * Purpose: register one notifier and count its calls until the module is
 * removed. It is not used up by the first call: it is called on every return
 * to user mode on its CPU, whichever task returns.
 *
 * Usage: insmod urn_repeat.ko, rmmod urn_repeat, read the log.
 *
 * Notes, experiments to try:
 * - How often depends on how busy the CPU is, so the log only tells "more than
 *   once". The numbers are there to be read while the module is loaded:
 *     cat /sys/module/urn_repeat/parameters/own
 *     cat /sys/module/urn_repeat/parameters/others
 *   Read them twice, and see what reading them costs.
 * - A page fault and a timer interrupt end in a return to user mode as well.
 *   Do nothing at all for some seconds and read again.
 */

#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/err.h>
#include <linux/init.h>
#include <linux/irqflags.h>
#include <linux/module.h>
#include <linux/moduleparam.h>
#include <linux/pid.h>
#include <linux/printk.h>
#include <linux/sched.h>
#include <linux/smp.h>

#include "user_return.h"

static unsigned int own, others;
module_param(own, uint, 0444);
MODULE_PARM_DESC(own, "Returns of the inserting task (to be read)");
module_param(others, uint, 0444);
MODULE_PARM_DESC(others, "Returns of other tasks (to be read)");

/* Held, so that no other task gets the number of the inserting one. */
static struct pid *inserter;

static void on_return(struct user_return_notifier *urn)
{
	if (task_pid(current) != inserter) {
		others++;
		return;
	}
	/* The first line only: each one that is printed makes other tasks run. */
	if (!own++)
		pr_info("called as the inserting task returns, interrupts %s\n",
			irqs_disabled() ? "off" : "on");
}

static struct lab_notifier notifier = { .urn.on_user_return = on_return };

static int __init urn_repeat_init(void)
{
	int err;

	inserter = get_task_pid(current, PIDTYPE_PID);
	notifier.cpu = raw_smp_processor_id();
	err = arm(&notifier);
	if (err) {
		pr_err("notifier not registered: %pe\n", ERR_PTR(err));
		put_pid(inserter);
		return err;
	}
	pr_info("notifier registered\n");
	return 0;
}

static const char *often(unsigned int calls)
{
	if (calls > 1)
		return "more than once";
	/* Never run: it is more than once. */
	return calls ? "once" : "never";
}

static void __exit urn_repeat_exit(void)
{
	disarm(&notifier);
	put_pid(inserter);
	pr_info("called for the inserting task %s\n", often(own));
	pr_info("called for other tasks %s\n", often(others));
}

module_init(urn_repeat_init);
module_exit(urn_repeat_exit);

MODULE_AUTHOR("The kmodlab authors");
MODULE_DESCRIPTION("Lesson: a user-return notifier is called again and again");
MODULE_LICENSE("GPL");
