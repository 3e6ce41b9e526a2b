// SPDX-License-Identifier: GPL-2.0-only
/*
 * urn_self - a user-return notifier that unregisters itself
 *
 * Purpose: register three notifiers on one CPU. The one in the middle of the
 * list unregisters itself from its callback, while the kernel walks that list.
 * The walk goes on to the last one, and later walks leave the missing one out.
 *
 * Usage: insmod urn_self.ko, rmmod urn_self, read the log.
 *
 * Notes, experiments to try:
 * - The list is added to at its head, so the notifier that was registered last
 *   is called first.
 * - The kernel remembers the next notifier before it calls one. So a callback
 *   may remove its own notifier, but must not remove another one: it may be
 *   the one that is remembered, and the walk would go on from a removed entry.
 *   That is a crash with interrupts off, so there is no parameter to try it.
 * - This is how KVM uses notifiers: registered when a guest has changed
 *   registers of the CPU, unregistered by the first call, which restores them.
 */

#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/err.h>
#include <linux/init.h>
#include <linux/kernel.h> /* for ARRAY_SIZE() and container_of() */
#include <linux/module.h>
#include <linux/pid.h>
#include <linux/printk.h>
#include <linux/sched.h>
#include <linux/smp.h>

#include "user_return.h"

struct counting_notifier {
	struct lab_notifier lab;
	unsigned int number;
	unsigned int calls; /* on returns of the inserting task */
};

static void on_return(struct user_return_notifier *urn);

static struct counting_notifier notifiers[] = {
	{ .number = 1 },
	{ .number = 2 },
	{ .number = 3 },
};

/* Held, so that no other task gets the number of the inserting one. */
static struct pid *inserter;

static void on_return(struct user_return_notifier *urn)
{
	struct counting_notifier *n = container_of(urn, struct counting_notifier, lab.urn);
	const bool goes = n->number == 2;

	/* Other tasks return on this CPU, too. They see three notifiers that do nothing. */
	if (task_pid(current) != inserter)
		return;
	if (goes)
		disarm_here(&n->lab);
	if (!n->calls++)
		pr_info("notifier %u called%s\n", n->number, goes ? ", unregisters itself" : "");
}

static int __init urn_self_init(void)
{
	const int cpu = raw_smp_processor_id();
	unsigned int i;
	int err;

	inserter = get_task_pid(current, PIDTYPE_PID);
	for (i = 0; i < ARRAY_SIZE(notifiers); i++) {
		notifiers[i].lab.urn.on_user_return = on_return;
		notifiers[i].lab.cpu = cpu;
		err = arm(&notifiers[i].lab);
		if (err)
			goto disarm;
		pr_info("notifier %u registered\n", i + 1);
	}
	return 0;

disarm:
	pr_err("notifier %u not registered: %pe\n", i + 1, ERR_PTR(err));
	while (i--)
		disarm(&notifiers[i].lab);
	put_pid(inserter);
	return err;
}

static void __exit urn_self_exit(void)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(notifiers); i++) {
		disarm(&notifiers[i].lab);
		pr_info("notifier %u was called %s\n", i + 1,
			notifiers[i].calls > 1 ? "more than once" : "once");
	}
	put_pid(inserter);
}

module_init(urn_self_init);
module_exit(urn_self_exit);

MODULE_AUTHOR("The kmodlab authors");
MODULE_DESCRIPTION("Lesson: a user-return notifier that unregisters itself");
MODULE_LICENSE("GPL");
