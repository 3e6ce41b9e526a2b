// SPDX-License-Identifier: GPL-2.0-only
/*
 * node_twice - takes a node off a list twice
 */
#include "wrong.h"
#include <linux/list.h>

static LIST_HEAD(list);
static LIST_HEAD(node);

static noinline void forget(struct list_head *entry)
{
	list_del(entry);
	/* Wrong: it is off the list since the line before. */
	if (!mended)
		list_del(entry);
}

static int __init node_twice_init(void)
{
	list_add(&node, &list);
	forget(&node);
	return 0;
}

static void __exit node_twice_exit(void)
{
}

module_init(node_twice_init);
module_exit(node_twice_exit);

MODULE_DESCRIPTION("Wrong: takes a node off a list twice");
MODULE_LICENSE("GPL");
