// SPDX-License-Identifier: GPL-2.0-only
/*
 * rcu_pointer - follows a pointer under RCU without rcu_read_lock()
 */
#include "wrong.h"
#include <linux/rcupdate.h>

static int value;
static int __rcu *pointer;

static noinline int follow(void)
{
	int found;

	/* Wrong: what it points to may be freed meanwhile. */
	if (mended)
		rcu_read_lock();
	found = *rcu_dereference(pointer);
	if (mended)
		rcu_read_unlock();
	return found;
}

static int __init rcu_pointer_init(void)
{
	rcu_assign_pointer(pointer, &value);
	follow();
	return 0;
}

static void __exit rcu_pointer_exit(void)
{
}

module_init(rcu_pointer_init);
module_exit(rcu_pointer_exit);

MODULE_DESCRIPTION("Wrong: follows a pointer under RCU without rcu_read_lock()");
MODULE_LICENSE("GPL");
