// SPDX-License-Identifier: GPL-2.0-only
/*
 * locks_crossed - takes two locks in two orders
 *
 * Nobody else takes them, so it does not deadlock; two tasks would, one day.
 */
#include "wrong.h"
#include <linux/mutex.h>

static DEFINE_MUTEX(inner);
static DEFINE_MUTEX(outer);

static noinline void there(void)
{
	mutex_lock(&outer);
	mutex_lock(&inner);
	mutex_unlock(&inner);
	mutex_unlock(&outer);
}

static noinline void back(void)
{
	mutex_lock(&inner);
	/* Wrong: who holds the outer one in there() may wait for the inner one. */
	mutex_lock(&outer);
	mutex_unlock(&outer);
	mutex_unlock(&inner);
}

static int __init locks_crossed_init(void)
{
	there();
	if (mended)
		there();
	else
		back();
	return 0;
}

static void __exit locks_crossed_exit(void)
{
}

module_init(locks_crossed_init);
module_exit(locks_crossed_exit);

MODULE_DESCRIPTION("Wrong: takes two locks in two orders");
MODULE_LICENSE("GPL");
