// SPDX-License-Identifier: GPL-2.0-only
/*
 * node_freed - frees what is on a list
 */
#include "wrong.h"
#include <linux/list.h>
#include <linux/slab.h>

struct node {
	struct list_head link;
	int value;
	u8 data[40];
};

static LIST_HEAD(list);

static noinline int sum(void)
{
	struct node *node;
	int all = 0;

	list_for_each_entry(node, &list, link)
		all += READ_ONCE(node->value);
	return all;
}

static int __init node_freed_init(void)
{
	struct node *node = kzalloc(sizeof(*node), GFP_KERNEL);

	if (!node)
		return -ENOMEM;
	list_add(&node->link, &list);
	/* Wrong: the node is still on the list, which sum() walks. */
	if (mended)
		list_del(&node->link);
	kfree(node);
	sum();
	return 0;
}

static void __exit node_freed_exit(void)
{
}

module_init(node_freed_init);
module_exit(node_freed_exit);

MODULE_DESCRIPTION("Wrong: frees what is on a list");
MODULE_LICENSE("GPL");
