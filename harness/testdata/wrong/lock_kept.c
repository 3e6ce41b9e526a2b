// SPDX-License-Identifier: GPL-2.0-only
/*
 * lock_kept - returns to user mode with a mutex held
 */
#include "wrong.h"
#include <linux/mutex.h>

static DEFINE_MUTEX(lock);

static noinline int configure(int value)
{
	mutex_lock(&lock);
	if (value < 0) {
		/* Wrong: it returns with the mutex held. */
		if (mended)
			mutex_unlock(&lock);
		return -EINVAL;
	}
	mutex_unlock(&lock);
	return 0;
}

static int __init lock_kept_init(void)
{
	configure(-1);
	return 0;
}

static void __exit lock_kept_exit(void)
{
}

module_init(lock_kept_init);
module_exit(lock_kept_exit);

MODULE_DESCRIPTION("Wrong: returns to user mode with a mutex held");
MODULE_LICENSE("GPL");
