// SPDX-License-Identifier: GPL-2.0-only
/*
 * unique_prio - subscribers that tolerate no equal
 *
 * Purpose: show the registrations that refuse a block whose priority is taken.
 * A block joins with priority 7 and wants to be the only one; a rival with the
 * same wish is refused, an ordinary block gets in all the same.
 *
 * Usage: insmod unique_prio.ko, read the log, rmmod unique_prio.
 *
 * Notes:
 * - To be unique is the wish of the one who joins, not a property of the chain
 *   or of the block: it is looked at once, on joining.
 * - Only atomic and blocking chains have it.
 *
 * Experiments to try:
 * - Let the ordinary block join first: is the holder refused then?
 */

#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/init.h>
#include <linux/module.h>
#include <linux/notifier.h>
#include <linux/printk.h>

static ATOMIC_NOTIFIER_HEAD(atomic_chain);
static BLOCKING_NOTIFIER_HEAD(blocking_chain);

/* Never run: it is for joining only. Nobody calls the chain. */
static int unique_prio_event(struct notifier_block *nb, unsigned long event, void *data)
{
	return NOTIFY_OK;
}

static struct notifier_block holder = { .notifier_call = unique_prio_event, .priority = 7 };
static struct notifier_block rival = { .notifier_call = unique_prio_event, .priority = 7 };
static struct notifier_block guest = { .notifier_call = unique_prio_event, .priority = 7 };

/* The kinds differ in the names of their functions only. */
#define TRY(_kind)							\
static void __init try_##_kind(void)					\
{									\
	int first, second, third, again;				\
									\
	first = _kind##_notifier_chain_register_unique_prio(&_kind##_chain, &holder);	\
	second = _kind##_notifier_chain_register_unique_prio(&_kind##_chain, &rival);	\
	third = _kind##_notifier_chain_register(&_kind##_chain, &guest);	\
	_kind##_notifier_chain_unregister(&_kind##_chain, &guest);	\
	_kind##_notifier_chain_unregister(&_kind##_chain, &holder);	\
	again = _kind##_notifier_chain_register_unique_prio(&_kind##_chain, &rival);	\
	_kind##_notifier_chain_unregister(&_kind##_chain, &rival);	\
	pr_info("%s: unique 7 joins: %d, unique 7: %d, ordinary 7: %d\n",	\
		#_kind, first, second, third);				\
	pr_info("%s: both left, unique 7: %d\n", #_kind, again);	\
}

TRY(atomic)
TRY(blocking)

static int __init unique_prio_init(void)
{
	try_atomic();
	try_blocking();
	return 0;
}

static void __exit unique_prio_exit(void)
{
}

module_init(unique_prio_init);
module_exit(unique_prio_exit);

MODULE_AUTHOR("The kmodlab authors");
MODULE_DESCRIPTION("Lesson: subscribers of a notifier chain that tolerate no equal");
MODULE_LICENSE("GPL");
