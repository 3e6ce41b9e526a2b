// SPDX-License-Identifier: GPL-2.0-only
/*
 * irq_call - calling a notifier chain from interrupts
 *
 * Purpose: show that a callback runs where its caller runs. One atomic chain is
 * called from a task, from a hard interrupt (an irq_work) and from a soft
 * interrupt (a tasklet). The callback tells where it is.
 *
 * Usage: insmod irq_call.ko, read the log, rmmod irq_call.
 *
 * Notes:
 * - "Atomic" says what a callback must not do, which is to sleep. It does not
 *   say where it runs: that is the caller's choice. So a callback of an atomic
 *   chain is written for the strictest caller.
 * - The other kinds must not be called from interrupts: they take a lock that
 *   sleeps (blocking), or they cannot keep a callback from sleeping (SRCU).
 *
 * Experiments to try:
 * - Call the chain with a spinlock held. What does the callback see then?
 * - Use queue_work() instead of the tasklet: which context is that?
 */

#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/bottom_half.h>
#include <linux/init.h>
#include <linux/interrupt.h>
#include <linux/irqflags.h>
#include <linux/module.h>
#include <linux/notifier.h>
#include <linux/preempt.h>
#include <linux/printk.h>

#include "hard_irq_work.h"

static ATOMIC_NOTIFIER_HEAD(irq_call_chain);

static const char *where(void)
{
	/* in_hardirq() is younger than 5.10. */
	if (hardirq_count())
		return "a hard interrupt";
	if (in_serving_softirq())
		return "a soft interrupt";
	return "a task";
}

static int irq_call_event(struct notifier_block *nb, unsigned long event, void *data)
{
	pr_info("called from %s: runs in %s, interrupts off: %s\n",
		(const char *)data, where(), irqs_disabled() ? "yes" : "no");
	return NOTIFY_OK;
}

static struct notifier_block irq_call_block = { .notifier_call = irq_call_event };

static void on_irq_work(struct irq_work *work)
{
	atomic_notifier_call_chain(&irq_call_chain, 0, "an irq_work");
}

static void on_tasklet(struct tasklet_struct *tasklet)
{
	atomic_notifier_call_chain(&irq_call_chain, 0, "a tasklet");
}

static struct irq_work irq_call_work;
static struct tasklet_struct irq_call_tasklet;

static int __init irq_call_init(void)
{
	int err;

	err = atomic_notifier_chain_register(&irq_call_chain, &irq_call_block);
	if (err)
		return err;

	atomic_notifier_call_chain(&irq_call_chain, 0, "init");

	init_hard_irq_work(&irq_call_work, on_irq_work);
	irq_work_queue(&irq_call_work);
	irq_work_sync(&irq_call_work);

	/* Raised with bottom halves off, it runs when they are on again, here. */
	tasklet_setup(&irq_call_tasklet, on_tasklet);
	local_bh_disable();
	tasklet_schedule(&irq_call_tasklet);
	local_bh_enable();
	tasklet_kill(&irq_call_tasklet);
	return 0;
}

static void __exit irq_call_exit(void)
{
	atomic_notifier_chain_unregister(&irq_call_chain, &irq_call_block);
}

module_init(irq_call_init);
module_exit(irq_call_exit);

MODULE_AUTHOR("The kmodlab authors");
MODULE_DESCRIPTION("Lesson: calling a notifier chain from interrupts");
MODULE_LICENSE("GPL");
