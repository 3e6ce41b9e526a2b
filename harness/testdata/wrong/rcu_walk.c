// SPDX-License-Identifier: GPL-2.0-only
/*
 * rcu_walk - walks a list under RCU without rcu_read_lock()
 */
#include "wrong.h"
#include <linux/rculist.h>

struct node {
	struct list_head link;
	int value;
};

static LIST_HEAD(list);
static struct node node;

static noinline int sum(void)
{
	struct node *each;
	int all = 0;

	/* Wrong: whom the walk meets may be freed under it. */
	if (mended)
		rcu_read_lock();
	list_for_each_entry_rcu(each, &list, link)
		all += READ_ONCE(each->value);
	if (mended)
		rcu_read_unlock();
	return all;
}

static int __init rcu_walk_init(void)
{
	list_add_rcu(&node.link, &list);
	sum();
	return 0;
}

static void __exit rcu_walk_exit(void)
{
}

module_init(rcu_walk_init);
module_exit(rcu_walk_exit);

MODULE_DESCRIPTION("Wrong: walks a list under RCU without rcu_read_lock()");
MODULE_LICENSE("GPL");
