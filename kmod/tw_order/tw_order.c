// SPDX-License-Identifier: GPL-2.0-only
/*
 * tw_order - several works of one task: which one runs first
 *
 * Purpose: show the order in which a task runs the works it was given. They
 * hang on the task as a list that is added to at its head and run from its
 * head, so the work that was added last runs first.
 *
 * Usage: insmod tw_order.ko, read the log, rmmod tw_order.
 *
 * Notes, experiments to try:
 * - insmod tw_order.ko works=9 hands out nine works, works=0 is refused with
 *   "Invalid argument".
 * - The kernel's own documentation promises no order at all. Code that needs
 *   one keeps a list of its own and walks it from a single work.
 * - Only the first work of this lesson notifies the task (TWA_RESUME), the
 *   others are added silently (TWA_NONE). They all run, for a task that was
 *   notified runs whatever it has. Give all of them TWA_NONE and see.
 */

#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/err.h>
#include <linux/init.h>
#include <linux/kernel.h> /* for container_of() */
#include <linux/module.h>
#include <linux/moduleparam.h>
#include <linux/printk.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>
#include <linux/task_work.h>

#define MAX_WORKS 9

static unsigned int works = 3;
module_param(works, uint, 0444);
MODULE_PARM_DESC(works, "Number of works to add, 1 to 9 (default 3)");

/* A callback is handed its callback_head only; what else it needs stands around it. */
struct numbered_work {
	struct callback_head head;
	unsigned int number;
};

static struct numbered_work work[MAX_WORKS];

static void work_func(struct callback_head *head)
{
	const struct numbered_work *w = container_of(head, struct numbered_work, head);

	pr_info("work %u runs\n", w->number);
	module_put(THIS_MODULE);
}

static int __init add_to_current(struct numbered_work *w, unsigned int number)
{
	int err;

	w->number = number;
	init_task_work(&w->head, work_func);
	/* A pending work keeps the module: rmmod is refused until it has run. */
	__module_get(THIS_MODULE);
	err = task_work_add(current, &w->head, number == 1 ? TWA_RESUME : TWA_NONE);
	if (err)
		module_put(THIS_MODULE);
	return err;
}

static int __init tw_order_init(void)
{
	unsigned int i;
	int err;

	if (works < 1 || works > MAX_WORKS) {
		pr_err("works=%u is out of range (1 to %u)\n", works, MAX_WORKS);
		return -EINVAL;
	}

	for (i = 0; i < works; i++) {
		err = add_to_current(&work[i], i + 1);
		if (err) {
			pr_err("work %u not added: %pe\n", i + 1, ERR_PTR(err));
			/* A work that is pending cannot be taken back, so the module stays. */
			return i ? 0 : err;
		}
		pr_info("work %u added\n", i + 1);
	}
	pr_info("init returns\n");
	return 0;
}

static void __exit tw_order_exit(void)
{
	/*
	 * The last work has put its reference to the module and may still be on
	 * its way out of work_func(), preempted there. Wait until every task
	 * has left the code it was preempted in.
	 */
	synchronize_rcu_tasks();
}

module_init(tw_order_init);
module_exit(tw_order_exit);

MODULE_AUTHOR("The kmodlab authors");
MODULE_DESCRIPTION("Lesson: the order of a task's works");
MODULE_LICENSE("GPL");
