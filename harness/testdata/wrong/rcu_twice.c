// SPDX-License-Identifier: GPL-2.0-only
/*
 * rcu_twice - hands one head to call_rcu() twice
 */
#include "wrong.h"
#include <linux/rcupdate.h>

static void reclaim(struct rcu_head *unused)
{
}

static struct rcu_head head;

static noinline void retire(void)
{
	call_rcu(&head, reclaim);
	/* Wrong: the head waits already, and its link leads to itself now. */
	if (!mended)
		call_rcu(&head, reclaim);
}

static int __init rcu_twice_init(void)
{
	retire();
	return 0;
}

static void __exit rcu_twice_exit(void)
{
	rcu_barrier();
}

module_init(rcu_twice_init);
module_exit(rcu_twice_exit);

MODULE_DESCRIPTION("Wrong: hands one head to call_rcu() twice");
MODULE_LICENSE("GPL");
