// SPDX-License-Identifier: GPL-2.0-only
/*
 * duplicates - a block that registers twice, and one that never did
 *
 * Purpose: show what registering returns for a block that is on the chain
 * already, what unregistering returns for one that is not, and whether the
 * chain is still whole afterwards. Three blocks join each kind of chain, the
 * middle one twice.
 *
 * Usage: insmod duplicates.ko, read the log, rmmod duplicates. With
 * elsewhere=1 the second registration goes to another chain.
 *
 * Notes:
 * - A block has one next pointer, so it can be on one chain, once. Were it put
 *   in a second time, it would point at itself and the next walk would never
 *   end. The kernel sees that while it looks for the block's place: it warns
 *   and does nothing. What it returns differs, see the README.
 * - It sees that only if the priority is still the same as at the first time,
 *   and only on the same chain. A block that joins another chain takes along
 *   or cuts off whatever stood behind it, and nobody warns.
 *
 * Experiments to try (in a VM):
 * - Raise middle.priority to 5 before the second registration: the block gets
 *   in twice and points at itself. Do not call that chain.
 */

#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/init.h>
#include <linux/module.h>
#include <linux/moduleparam.h>
#include <linux/notifier.h>
#include <linux/printk.h>

static bool elsewhere;
module_param(elsewhere, bool, 0444);
MODULE_PARM_DESC(elsewhere, "Register a block on two chains, not twice on one (default no)");

static RAW_NOTIFIER_HEAD(raw_chain);
static ATOMIC_NOTIFIER_HEAD(atomic_chain);
static BLOCKING_NOTIFIER_HEAD(blocking_chain);
static struct srcu_notifier_head srcu_chain;
static RAW_NOTIFIER_HEAD(other_chain);

static int duplicates_event(struct notifier_block *nb, unsigned long event, void *data)
{
	int *calls = data;

	++*calls;
	return NOTIFY_OK;
}

static struct notifier_block front = { .notifier_call = duplicates_event, .priority = 1 };
static struct notifier_block middle = { .notifier_call = duplicates_event };
static struct notifier_block behind = { .notifier_call = duplicates_event, .priority = -1 };
static struct notifier_block stranger = { .notifier_call = duplicates_event };

/* The kinds differ in the names of their functions only. */
#define TRY(_kind)							\
static void __init try_##_kind(void)					\
{									\
	int first, again, left, left_again, strange;			\
	int before = 0, after = 0;					\
									\
	_kind##_notifier_chain_register(&_kind##_chain, &front);	\
	_kind##_notifier_chain_register(&_kind##_chain, &behind);	\
	first = _kind##_notifier_chain_register(&_kind##_chain, &middle);	\
	again = _kind##_notifier_chain_register(&_kind##_chain, &middle);	\
	_kind##_notifier_call_chain(&_kind##_chain, 0, &before);	\
	left = _kind##_notifier_chain_unregister(&_kind##_chain, &middle);	\
	left_again = _kind##_notifier_chain_unregister(&_kind##_chain, &middle);	\
	strange = _kind##_notifier_chain_unregister(&_kind##_chain, &stranger);	\
	_kind##_notifier_call_chain(&_kind##_chain, 0, &after);		\
	pr_info("%s: register %d, again %d: 3 blocks, %d calls\n",	\
		#_kind, first, again, before);				\
	pr_info("%s: unregister %d, again %d, a stranger %d: 2 blocks, %d calls\n",	\
		#_kind, left, left_again, strange, after);		\
	_kind##_notifier_chain_unregister(&_kind##_chain, &behind);	\
	_kind##_notifier_chain_unregister(&_kind##_chain, &front);	\
}

TRY(raw)
TRY(atomic)
TRY(blocking)
TRY(srcu)

/* Raw chains, and nobody else knows them: no walk can be under way. */
static void __init try_elsewhere(void)
{
	int calls = 0, lost;

	raw_notifier_chain_register(&raw_chain, &front);
	raw_notifier_chain_register(&raw_chain, &middle);
	raw_notifier_chain_register(&raw_chain, &behind);
	raw_notifier_chain_register(&other_chain, &middle);
	raw_notifier_call_chain(&raw_chain, 0, &calls);
	lost = raw_notifier_chain_unregister(&raw_chain, &behind);
	pr_info("on a second chain, too: 3 blocks, %d calls, unregister the last %d\n",
		calls, lost);
	raw_notifier_chain_unregister(&other_chain, &middle);
	raw_notifier_chain_unregister(&raw_chain, &middle);
	raw_notifier_chain_unregister(&raw_chain, &front);
}

static int __init duplicates_init(void)
{
	if (elsewhere) {
		try_elsewhere();
		return 0;
	}
	srcu_init_notifier_head(&srcu_chain);
	try_raw();
	try_atomic();
	try_blocking();
	try_srcu();
	srcu_cleanup_notifier_head(&srcu_chain);
	return 0;
}

static void __exit duplicates_exit(void)
{
}

module_init(duplicates_init);
module_exit(duplicates_exit);

MODULE_AUTHOR("The kmodlab authors");
MODULE_DESCRIPTION("Lesson: a block that registers twice, and one that never did");
MODULE_LICENSE("GPL");
