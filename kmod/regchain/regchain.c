// SPDX-License-Identifier: GPL-2.0-only
/*
 * regchain - three subscribers on the chain of buildchain
 *
 * Purpose: show the subscriber's side of a notifier chain: registering, being
 * called, refusing an event, and leaving again in reverse order.
 *
 * Usage: insmod buildchain.ko, insmod regchain.ko, then insmod notify.ko to
 * have the subscribers called.
 *
 * Notes, experiments to try:
 * - insmod regchain.ko veto=2: the second subscriber refuses every event with
 *   -EBUSY. The third one is no longer called, and notify.ko is refused with
 *   "Device or resource busy".
 * - insmod regchain.ko fail_at=3: the third registration is treated as if it
 *   had failed with -ENOMEM. The insert is refused, and the log shows the two
 *   that had succeeded being undone, the last one first.
 * - The lesson's log has bare lines, hence no pr_fmt(). Only complaints carry
 *   the module's name.
 */

#include <linux/err.h>
#include <linux/init.h>
#include <linux/kernel.h> /* for ARRAY_SIZE() and container_of() */
#include <linux/module.h>
#include <linux/moduleparam.h>
#include <linux/notifier.h>
#include <linux/printk.h>

#include "buildchain.h"

static unsigned int veto;
module_param(veto, uint, 0444);
MODULE_PARM_DESC(veto, "Number of the subscriber that refuses every event with -EBUSY (default 0: none)");

static unsigned int fail_at;
module_param(fail_at, uint, 0444);
MODULE_PARM_DESC(fail_at, "Number of the registration to treat as failed with -ENOMEM (default 0: none)");

/* A callback is handed its notifier_block only; what else it needs stands around it. */
struct subscriber {
	struct notifier_block nb;
	unsigned int number;
};

static int test_event(struct notifier_block *nb, unsigned long event, void *data)
{
	const struct subscriber *s = container_of(nb, struct subscriber, nb);

	pr_info("In Event %u: Event Number is %lu\n", s->number, event);
	if (s->number == veto)
		return notifier_from_errno(-EBUSY);
	return NOTIFY_OK;
}

/* Equal priorities: they are called in the order in which they register. */
static struct subscriber subscribers[] = {
	{ .nb = { .notifier_call = test_event }, .number = 1 },
	{ .nb = { .notifier_call = test_event }, .number = 2 },
	{ .nb = { .notifier_call = test_event }, .number = 3 },
};

static int __init join(struct subscriber *s)
{
	if (s->number == fail_at)
		return -ENOMEM;
	return register_test_notifier(&s->nb);
}

static void leave(struct subscriber *s)
{
	int err = unregister_test_notifier(&s->nb);

	/* Never run: a block that is on the chain can leave it. */
	if (err)
		pr_err("regchain: unregister test_notifier%u failed: %pe\n",
		       s->number, ERR_PTR(err));
}

static int __init regchain_init(void)
{
	unsigned int i;
	int err;

	if (veto > ARRAY_SIZE(subscribers) || fail_at > ARRAY_SIZE(subscribers)) {
		pr_err("regchain: veto=%u or fail_at=%u is out of range (0 to %zu)\n",
		       veto, fail_at, ARRAY_SIZE(subscribers));
		return -EINVAL;
	}
	pr_info("Begin to register:\n");
	for (i = 0; i < ARRAY_SIZE(subscribers); i++) {
		err = join(&subscribers[i]);
		if (err)
			goto undo;
		pr_info("register test_notifier%u completed\n", subscribers[i].number);
	}
	return 0;

undo:
	/*
	 * A module whose init fails is freed. A block left on the chain would
	 * point into freed memory from then on.
	 */
	pr_err("regchain: register test_notifier%u failed: %pe\n",
	       subscribers[i].number, ERR_PTR(err));
	while (i--) {
		leave(&subscribers[i]);
		pr_info("unregister test_notifier%u completed\n", subscribers[i].number);
	}
	return err;
}

static void __exit regchain_exit(void)
{
	unsigned int i = ARRAY_SIZE(subscribers);

	pr_info("Begin to unregister\n");
	while (i--)
		leave(&subscribers[i]);
	pr_info("Unregister finished\n");
}

module_init(regchain_init);
module_exit(regchain_exit);

MODULE_AUTHOR("The kmodlab authors");
MODULE_DESCRIPTION("Lesson: three subscribers on a notifier chain");
MODULE_LICENSE("GPL");
