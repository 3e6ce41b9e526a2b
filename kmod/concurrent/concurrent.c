// SPDX-License-Identifier: GPL-2.0-only
/*
 * concurrent - two callers at once, joining and leaving during a walk
 *
 * Purpose: show which operations of a chain exclude each other, for each kind.
 * A thread on CPU 0 calls the chain. In the callback it waits for a thread on
 * CPU 1, which calls the same chain, or lets a block join it, or lets one
 * leave. Either that is done while the walk is still under way, or the thread
 * is seen to sleep: it has to wait for the end of the walk.
 *
 * Usage: insmod concurrent.ko, read the log, rmmod concurrent. It needs two
 * CPUs.
 *
 * Notes:
 * - Nothing here depends on how fast the machine is: a callback waits for an
 *   event, never for a while. PATIENCE is for a kernel that breaks the rules: when
 *   it runs out, nothing is known, and the insert is refused with ETIMEDOUT.
 * - The callbacks spin, as an atomic chain's must not sleep.
 * - That a raw chain lets a block leave during a walk is harmless here, as the
 *   block is static. Freed after that, it would be used after its end.
 *
 * Experiments to try:
 * - Give the late block a higher priority than the walker's. Is it called in
 *   the walk that is under way? And with a lower one? Look for next_nb in
 *   kernel/notifier.c.
 */

#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/atomic.h>
#include <linux/cpumask.h>
#include <linux/err.h>
#include <linux/init.h>
#include <linux/jiffies.h>
#include <linux/kernel.h> /* for ARRAY_SIZE() */
#include <linux/module.h>
#include <linux/notifier.h>
#include <linux/printk.h>
#include <linux/processor.h>
#include <linux/sched.h>

#include "lab_thread.h"

#define PATIENCE (120 * HZ)

static RAW_NOTIFIER_HEAD(raw_chain);
static ATOMIC_NOTIFIER_HEAD(atomic_chain);
static BLOCKING_NOTIFIER_HEAD(blocking_chain);
static struct srcu_notifier_head srcu_chain;

enum { MEET, HOLD };

static atomic_t inside;			/* callbacks that run now */
static bool met;			/* two of them were inside at once */
static bool holding;			/* a walk is under way and waits for the other */
static struct task_struct *other;	/* who is about to do something to the chain */
static bool done;			/* has done it */
static bool had_to_wait;		/* had not done it before the walk's end */
static int trouble;			/* errno of what kept the threads from it, or 0 */

static bool company(void)
{
	return atomic_read(&inside) == 2 || READ_ONCE(met);
}

static bool is_holding(void)
{
	return READ_ONCE(holding);
}

/* The other has done what it wanted, or it sleeps (state D) until it can. */
static bool other_done_or_asleep(void)
{
	struct task_struct *task = READ_ONCE(other);

	return READ_ONCE(done) || (task && lab_task_blocked(task));
}

static void note(int err)
{
	if (err)
		WRITE_ONCE(trouble, err);
}

/* Ends without the condition only when there is trouble. */
static void spin_until(bool (*condition)(void))
{
	unsigned long end = jiffies + PATIENCE;

	while (!condition() && !READ_ONCE(trouble)) {
		if (time_after(jiffies, end))
			/* Never run: what is waited for comes. */
			note(-ETIMEDOUT);
		cpu_relax();
	}
}

static int concurrent_event(struct notifier_block *nb, unsigned long event, void *data)
{
	if (event == MEET) {
		atomic_inc(&inside);
		spin_until(company);
		if (!READ_ONCE(trouble))
			WRITE_ONCE(met, true);
		atomic_dec(&inside);
		return NOTIFY_OK;
	}
	WRITE_ONCE(holding, true);
	spin_until(other_done_or_asleep);
	had_to_wait = !READ_ONCE(done);
	return NOTIFY_OK;
}

static int late_event(struct notifier_block *nb, unsigned long event, void *data)
{
	return NOTIFY_OK;
}

static struct notifier_block walker = { .notifier_call = concurrent_event, .priority = 1 };
static struct notifier_block late = { .notifier_call = late_event };

/* A kind of chain, as the threads see it. */
struct kind {
	const char *name;
	int (*join)(struct notifier_block *nb);
	int (*leave)(struct notifier_block *nb);
	int (*call)(unsigned long event);
};

#define KIND(_kind)							\
static int _kind##_join(struct notifier_block *nb)			\
{									\
	return _kind##_notifier_chain_register(&_kind##_chain, nb);	\
}									\
static int _kind##_leave(struct notifier_block *nb)			\
{									\
	return _kind##_notifier_chain_unregister(&_kind##_chain, nb);	\
}									\
static int _kind##_call(unsigned long event)				\
{									\
	return _kind##_notifier_call_chain(&_kind##_chain, event, NULL);	\
}

KIND(raw)
KIND(atomic)
KIND(blocking)
KIND(srcu)

static const struct kind kinds[] = {
	{ "raw", raw_join, raw_leave, raw_call },
	{ "atomic", atomic_join, atomic_leave, atomic_call },
	{ "blocking", blocking_join, blocking_leave, blocking_call },
	{ "srcu", srcu_join, srcu_leave, srcu_call },
};

static void meet(void *kind)
{
	((const struct kind *)kind)->call(MEET);
}

static void hold(void *kind)
{
	((const struct kind *)kind)->call(HOLD);
}

static void join_late(void *kind)
{
	spin_until(is_holding);
	WRITE_ONCE(other, current);
	note(((const struct kind *)kind)->join(&late));
	WRITE_ONCE(done, true);
}

static void leave_late(void *kind)
{
	spin_until(is_holding);
	WRITE_ONCE(other, current);
	note(((const struct kind *)kind)->leave(&late));
	WRITE_ONCE(done, true);
}

/*
 * Runs the first on CPU 0 and the second on CPU 1, and waits for both. Returns 0
 * when they have done what they shall, or -errno.
 */
static int __init both(const struct kind *kind, void (*first)(void *kind),
		       void (*second)(void *kind))
{
	struct lab_thread a, b;
	int err;

	atomic_set(&inside, 0);
	other = NULL;
	met = false;
	holding = false;
	done = false;
	trouble = 0;
	err = lab_thread_start(&b, second, (void *)kind, 1);
	if (err)
		return err;
	err = lab_thread_start(&a, first, (void *)kind, 0);
	if (!err)
		lab_thread_finish(&a);
	else
		note(err);	/* the second waits for the first */
	lab_thread_finish(&b);
	return trouble;
}

static int __init show(const struct kind *kind)
{
	bool at_once, join_waits = false;
	int err;

	err = kind->join(&walker);
	if (err)
		return err;
	err = both(kind, meet, meet);
	at_once = met;
	if (!err) {
		err = both(kind, hold, join_late);
		join_waits = had_to_wait;
	}
	if (!err)
		err = both(kind, hold, leave_late);
	if (!err)
		pr_info("%s: two callers inside: %s, joining waits for the walk: %s, leaving: %s\n",
			kind->name, at_once ? "yes" : "no", join_waits ? "yes" : "no",
			had_to_wait ? "yes" : "no");
	else
		pr_err("%s: nothing is known: %pe\n", kind->name, ERR_PTR(err));
	kind->leave(&late);
	kind->leave(&walker);
	return err;
}

static int __init concurrent_init(void)
{
	unsigned int i;
	int err = 0;

	if (!cpu_online(0) || !cpu_online(1)) {
		pr_err("needs the CPUs 0 and 1\n");
		return -ENODEV;
	}
	srcu_init_notifier_head(&srcu_chain);
	for (i = 0; !err && i < ARRAY_SIZE(kinds); i++)
		err = show(&kinds[i]);
	srcu_cleanup_notifier_head(&srcu_chain);
	return err;
}

static void __exit concurrent_exit(void)
{
}

module_init(concurrent_init);
module_exit(concurrent_exit);

MODULE_AUTHOR("The kmodlab authors");
MODULE_DESCRIPTION("Lesson: two callers of a chain at once, joining and leaving during a walk");
MODULE_LICENSE("GPL");
