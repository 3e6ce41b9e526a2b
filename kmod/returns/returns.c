// SPDX-License-Identifier: GPL-2.0-only
/*
 * returns - what a callback's return value does to the walk
 *
 * Purpose: show when a walk ends, and what the caller gets. Three blocks stand
 * on a raw chain. The one in the middle returns, one call after the other,
 * everything that a callback may return; the one before it returns NOTIFY_OK,
 * the one behind it NOTIFY_DONE.
 *
 * Usage: insmod returns.ko, read the log, rmmod returns.
 *
 * Notes:
 * - The walk goes on until a value has the bit NOTIFY_STOP_MASK. The caller
 *   gets what the last called block returned: an OK in the middle is lost when
 *   somebody behind it says DONE.
 * - notifier_from_errno() packs an errno together with the stop bit, and
 *   notifier_to_errno() unpacks it again (include/linux/notifier.h).
 * - NOTIFY_BAD unpacks to -EPERM: it is what notifier_from_errno(-EPERM) gives.
 * - A raw -ENOMEM stops the walk, as negative numbers have the stop bit set,
 *   but notifier_to_errno() makes 0 of it: the error is lost.
 *
 * Experiments to try:
 * - Let the last one return NOTIFY_OK: which answers change?
 * - Return -EIO (-5) in place of -ENOMEM. Does the walk stop? Why?
 */

#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/errno.h>
#include <linux/init.h>
#include <linux/kernel.h> /* for ARRAY_SIZE() */
#include <linux/module.h>
#include <linux/notifier.h>
#include <linux/printk.h>

static RAW_NOTIFIER_HEAD(returns_chain);

struct trial {
	int value;		/* what the middle one returns */
	unsigned int called;	/* how many blocks were called */
};

static int returns_first(struct notifier_block *nb, unsigned long event, void *data)
{
	struct trial *t = data;

	t->called++;
	return NOTIFY_OK;
}

static int returns_middle(struct notifier_block *nb, unsigned long event, void *data)
{
	struct trial *t = data;

	t->called++;
	return t->value;
}

static int returns_last(struct notifier_block *nb, unsigned long event, void *data)
{
	struct trial *t = data;

	t->called++;
	return NOTIFY_DONE;
}

static struct notifier_block blocks[] = {
	{ .notifier_call = returns_first, .priority = 2 },
	{ .notifier_call = returns_middle, .priority = 1 },
	{ .notifier_call = returns_last, .priority = 0 },
};

static void returns_leave(unsigned int joined)
{
	while (joined--)
		raw_notifier_chain_unregister(&returns_chain, &blocks[joined]);
}

static void __init returns_try(const char *name, int value)
{
	struct trial t = { .value = value };
	int got = raw_notifier_call_chain(&returns_chain, 0, &t);

	pr_info("%s (%#x): %u of 3 called, the caller gets %#x, as errno %d\n",
		name, value, t.called, got, notifier_to_errno(got));
}

static int __init returns_init(void)
{
	unsigned int i;
	int err;

	/* An empty chain answers, too. */
	returns_try("nobody there", NOTIFY_BAD);
	for (i = 0; i < ARRAY_SIZE(blocks); i++) {
		err = raw_notifier_chain_register(&returns_chain, &blocks[i]);
		if (err) {
			returns_leave(i);
			return err;
		}
	}
	returns_try("NOTIFY_DONE", NOTIFY_DONE);
	returns_try("NOTIFY_OK", NOTIFY_OK);
	returns_try("NOTIFY_STOP", NOTIFY_STOP);
	returns_try("NOTIFY_BAD", NOTIFY_BAD);
	returns_try("notifier_from_errno(0)", notifier_from_errno(0));
	returns_try("notifier_from_errno(-ENOMEM)", notifier_from_errno(-ENOMEM));
	returns_try("a raw -ENOMEM", -ENOMEM);
	return 0;
}

static void __exit returns_exit(void)
{
	returns_leave(ARRAY_SIZE(blocks));
}

module_init(returns_init);
module_exit(returns_exit);

MODULE_AUTHOR("The kmodlab authors");
MODULE_DESCRIPTION("Lesson: what a callback's return value does to the walk of a chain");
MODULE_LICENSE("GPL");
