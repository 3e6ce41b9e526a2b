// SPDX-License-Identifier: GPL-2.0-only
/*
 * spin_uninit - takes a spinlock that was never initialised
 */
#include "wrong.h"
#include <linux/slab.h>
#include <linux/spinlock.h>

struct counter {
	spinlock_t lock; /* for value */
	int value;
};

static noinline void count(struct counter *counter)
{
	spin_lock(&counter->lock);
	counter->value++;
	spin_unlock(&counter->lock);
}

static int __init spin_uninit_init(void)
{
	struct counter *counter = kzalloc(sizeof(*counter), GFP_KERNEL);

	if (!counter)
		return -ENOMEM;
	/* Wrong: zeros are no spinlock. */
	if (mended)
		spin_lock_init(&counter->lock);
	count(counter);
	kfree(counter);
	return 0;
}

static void __exit spin_uninit_exit(void)
{
}

module_init(spin_uninit_init);
module_exit(spin_uninit_exit);

MODULE_DESCRIPTION("Wrong: takes a spinlock that was never initialised");
MODULE_LICENSE("GPL");
