// SPDX-License-Identifier: GPL-2.0-only
/*
 * robust - a call that is taken back when somebody objects
 *
 * Purpose: show the roll-back of a robust call. Four blocks prepare for a
 * change, one of them objects. The kernel then walks the chain a second time,
 * with another event, and calls those that had agreed.
 *
 * Usage: insmod robust.ko lets the third block object, objector=0 nobody,
 * objector=1 the first. Read the log, rmmod robust.
 *
 * Notes:
 * - notifier_call_chain_robust() in kernel/notifier.c counts the blocks that
 *   it called and rolls back that number less one. The objector is not among
 *   them: it must clean up before it says no.
 * - The roll-back goes in the same order as the call, not in reverse.
 * - The count is the only thing that is left of nr_to_call and nr_calls, see
 *   the README.
 * - Suspend and hibernation (kernel/power/main.c) call their chain like this.
 *
 * Experiments to try:
 * - Return NOTIFY_BAD from the roll-back of the first one. Who is still called?
 * - Let the objector return NOTIFY_STOP: is that an objection?
 */

#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/errno.h>
#include <linux/init.h>
#include <linux/kernel.h> /* for ARRAY_SIZE() and container_of() */
#include <linux/module.h>
#include <linux/moduleparam.h>
#include <linux/notifier.h>
#include <linux/printk.h>

enum { PREPARE, ROLL_BACK };

static unsigned int objector = 3;
module_param(objector, uint, 0444);
MODULE_PARM_DESC(objector, "Which of the blocks 1 to 4 objects, 0 for none (default 3)");

static RAW_NOTIFIER_HEAD(raw_chain);
static BLOCKING_NOTIFIER_HEAD(blocking_chain);

struct member {
	struct notifier_block nb;
	unsigned int number;
};

static int robust_event(struct notifier_block *nb, unsigned long event, void *data)
{
	const struct member *m = container_of(nb, struct member, nb);
	unsigned int *called = data;

	++*called;
	if (event == ROLL_BACK) {
		pr_info("  %u rolls back\n", m->number);
		return NOTIFY_OK;
	}
	if (m->number == objector) {
		pr_info("  %u objects\n", m->number);
		return notifier_from_errno(-EBUSY);
	}
	pr_info("  %u prepares\n", m->number);
	return NOTIFY_OK;
}

/* Larger numbers are called first: 1 before 2, and so on. */
static struct member members[] = {
	{ .number = 1, .nb = { .notifier_call = robust_event, .priority = -1 } },
	{ .number = 2, .nb = { .notifier_call = robust_event, .priority = -2 } },
	{ .number = 3, .nb = { .notifier_call = robust_event, .priority = -3 } },
	{ .number = 4, .nb = { .notifier_call = robust_event, .priority = -4 } },
};

/* The kinds differ in the names of their functions only. */
#define ROBUST(_kind)							\
static int __init robust_##_kind(void)					\
{									\
	unsigned int called = 0;					\
	unsigned int i;							\
	int err = 0;							\
	int got;							\
									\
	for (i = 0; i < ARRAY_SIZE(members); i++) {			\
		err = _kind##_notifier_chain_register(&_kind##_chain, &members[i].nb);	\
		if (err)						\
			break;						\
	}								\
	if (!err) {							\
		pr_info("%s chain:\n", #_kind);				\
		got = _kind##_notifier_call_chain_robust(&_kind##_chain,	\
							 PREPARE, ROLL_BACK, &called);	\
		pr_info("%u calls made, the caller gets errno %d\n",	\
			called, notifier_to_errno(got));		\
	}								\
	while (i--)							\
		_kind##_notifier_chain_unregister(&_kind##_chain, &members[i].nb);	\
	return err;							\
}

ROBUST(raw)
ROBUST(blocking)

static int __init robust_init(void)
{
	int err;

	if (objector > ARRAY_SIZE(members)) {
		pr_err("objector %u is out of range (0 to %zu)\n", objector, ARRAY_SIZE(members));
		return -EINVAL;
	}
	err = robust_raw();
	if (err)
		return err;
	return robust_blocking();
}

static void __exit robust_exit(void)
{
}

module_init(robust_init);
module_exit(robust_exit);

MODULE_AUTHOR("The kmodlab authors");
MODULE_DESCRIPTION("Lesson: a robust call of a notifier chain, taken back when somebody objects");
MODULE_LICENSE("GPL");
