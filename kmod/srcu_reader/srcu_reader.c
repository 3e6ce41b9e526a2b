// SPDX-License-Identifier: GPL-2.0-only
/*
 * srcu_reader - a callback that sleeps while others join and leave
 *
 * Purpose: show what an SRCU chain is for. Two threads call the chain, and both
 * sleep in its callback at the same time. Meanwhile a block joins at once. The
 * block that is being called wants to leave, and that has to wait until both
 * have woken up and are out.
 *
 * Usage: insmod srcu_reader.ko, read the log, rmmod srcu_reader.
 *
 * Notes:
 * - A blocking chain would let both sleep, too, but its semaphore would keep
 *   the joining block out until they are done. An atomic chain lets everybody
 *   join, but nobody sleep.
 * - The price is paid by who leaves: synchronize_srcu() waits for all readers,
 *   also for those that have nothing to do with the block.
 * - A third thread that calls the chain while one waits to leave is let in, and
 *   does not meet the leaving block any more.
 *
 * Experiments to try:
 * - Make it a blocking chain: at which line does insmod hang, and why?
 */

#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/completion.h>
#include <linux/delay.h>
#include <linux/init.h>
#include <linux/module.h>
#include <linux/notifier.h>
#include <linux/printk.h>

#include "lab_thread.h"

static struct srcu_notifier_head srcu_chain;

/* A call of the chain that sleeps in the callback until it is woken. */
struct call {
	unsigned int number;
	struct completion asleep;
	struct completion wake_up;
	struct lab_thread thread;
};

static int sleeper_event(struct notifier_block *nb, unsigned long event, void *data)
{
	struct call *c = data;

	pr_info("call %u: the sleeper goes to sleep\n", c->number);
	complete(&c->asleep);
	wait_for_completion(&c->wake_up);
	pr_info("call %u: the sleeper has slept\n", c->number);
	return NOTIFY_OK;
}

static int late_event(struct notifier_block *nb, unsigned long event, void *data)
{
	const struct call *c = data;

	pr_info("call %u: the late one is called\n", c->number);
	return NOTIFY_OK;
}

static struct notifier_block sleeper = { .notifier_call = sleeper_event, .priority = 1 };
static struct notifier_block late = { .notifier_call = late_event };

static void call_chain(void *data)
{
	srcu_notifier_call_chain(&srcu_chain, 0, data);
}

static void leave_chain(void *unused)
{
	srcu_notifier_chain_unregister(&srcu_chain, &sleeper);
	pr_info("the sleeper has left\n");
}

static int __init begin_call(struct call *c, unsigned int number)
{
	int err;

	c->number = number;
	init_completion(&c->asleep);
	init_completion(&c->wake_up);
	err = lab_thread_start(&c->thread, call_chain, c, -1);
	if (!err)
		wait_for_completion(&c->asleep);
	return err;
}

static void __init end_call(struct call *c)
{
	complete(&c->wake_up);
	lab_thread_finish(&c->thread);
}

static int __init leave_while_they_sleep(struct call *first, struct call *second)
{
	struct lab_thread leaver;
	struct call third = { .number = 3 };
	int err;

	err = lab_thread_start(&leaver, leave_chain, NULL, -1);
	if (err) {
		end_call(first);
		end_call(second);
		return err;
	}
	/* With two readers inside it cannot come back, so this ends. */
	while (!lab_task_blocked(leaver.task))
		usleep_range(1000, 2000);
	pr_info("leaving has to wait\n");
	call_chain(&third);
	end_call(second);
	end_call(first);
	lab_thread_finish(&leaver);
	return 0;
}

static int __init srcu_reader_show(void)
{
	static struct call first, second;
	int err;

	err = srcu_notifier_chain_register(&srcu_chain, &sleeper);
	if (err)
		return err;
	err = begin_call(&first, 1);
	if (err)
		goto leave;
	err = begin_call(&second, 2);
	if (err) {
		end_call(&first);
		goto leave;
	}
	err = srcu_notifier_chain_register(&srcu_chain, &late);
	pr_info("the late one joins meanwhile: %d\n", err);
	err = leave_while_they_sleep(&first, &second);
	srcu_notifier_chain_unregister(&srcu_chain, &late);
leave:
	/* -ENOENT when it has left already. */
	srcu_notifier_chain_unregister(&srcu_chain, &sleeper);
	return err;
}

static int __init srcu_reader_init(void)
{
	int err;

	srcu_init_notifier_head(&srcu_chain);
	err = srcu_reader_show();
	srcu_cleanup_notifier_head(&srcu_chain);
	return err;
}

static void __exit srcu_reader_exit(void)
{
}

module_init(srcu_reader_init);
module_exit(srcu_reader_exit);

MODULE_AUTHOR("The kmodlab authors");
MODULE_DESCRIPTION("Lesson: a callback that sleeps while others join and leave");
MODULE_LICENSE("GPL");
