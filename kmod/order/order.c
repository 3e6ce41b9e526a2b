// SPDX-License-Identifier: GPL-2.0-only
/*
 * order - in which order a notifier chain calls its subscribers
 *
 * Purpose: show what decides who is called first. Six blocks of different and
 * of equal priority join a raw chain, in an order that has nothing to do with
 * the order of the calls. One call of the chain tells who is called when.
 *
 * Usage: insmod order.ko, read the log, rmmod order.
 *
 * Notes:
 * - notifier_chain_register() in kernel/notifier.c walks past every block
 *   whose priority is not smaller than the new one's, and puts the new one
 *   there. Hence larger numbers come first, and equal ones keep the order in
 *   which they joined.
 * - The place is found once, on joining. To change nb.priority afterwards moves
 *   nothing, and breaks the order that later registrations rely on.
 *
 * Experiments to try:
 * - Give "first with 0" the priority -11. Which one is called last now?
 * - Set every priority to 0. What decides then?
 */

#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/init.h>
#include <linux/kernel.h> /* for ARRAY_SIZE() and container_of() */
#include <linux/limits.h>
#include <linux/module.h>
#include <linux/notifier.h>
#include <linux/printk.h>

static RAW_NOTIFIER_HEAD(order_chain);

struct subscriber {
	struct notifier_block nb;
	const char *name;
};

static int order_event(struct notifier_block *nb, unsigned long event, void *data)
{
	const struct subscriber *s = container_of(nb, struct subscriber, nb);
	int *turn = data;

	pr_info("call %d: %s, priority %d\n", ++*turn, s->name, nb->priority);
	return NOTIFY_OK;
}

#define SUBSCRIBER(_name, _priority) {					\
	.nb = { .notifier_call = order_event, .priority = (_priority) },	\
	.name = (_name),						\
}

/* In the order in which they join. */
static struct subscriber subscribers[] = {
	SUBSCRIBER("first with 0", 0),
	SUBSCRIBER("the lowest", -10),
	SUBSCRIBER("the highest", INT_MAX),
	SUBSCRIBER("second with 0", 0),
	SUBSCRIBER("the middle", 5),
	SUBSCRIBER("third with 0", 0),
};

static void order_leave(unsigned int joined)
{
	while (joined--)
		raw_notifier_chain_unregister(&order_chain, &subscribers[joined].nb);
}

static int __init order_init(void)
{
	unsigned int i;
	int turn = 0;
	int err;

	for (i = 0; i < ARRAY_SIZE(subscribers); i++) {
		pr_info("join: %s, priority %d\n", subscribers[i].name,
			subscribers[i].nb.priority);
		err = raw_notifier_chain_register(&order_chain, &subscribers[i].nb);
		if (err) {
			order_leave(i);
			return err;
		}
	}
	raw_notifier_call_chain(&order_chain, 0, &turn);
	return 0;
}

static void __exit order_exit(void)
{
	order_leave(ARRAY_SIZE(subscribers));
}

module_init(order_init);
module_exit(order_exit);

MODULE_AUTHOR("The kmodlab authors");
MODULE_DESCRIPTION("Lesson: in which order a notifier chain calls its subscribers");
MODULE_LICENSE("GPL");
