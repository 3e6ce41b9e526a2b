// SPDX-License-Identifier: GPL-2.0-only
/*
 * ref_zero - takes a reference to what nobody holds any more
 */
#include "wrong.h"
#include <linux/refcount.h>

static refcount_t users = REFCOUNT_INIT(1);
static int taken;

static noinline void get(void)
{
	if (mended && !refcount_inc_not_zero(&users))
		return;
	/* Wrong: who dropped the last reference is freeing the object. */
	if (!mended)
		refcount_inc(&users);
	WRITE_ONCE(taken, taken + 1);
}

static int __init ref_zero_init(void)
{
	if (!refcount_dec_and_test(&users))
		return -EIO;
	get();
	return 0;
}

static void __exit ref_zero_exit(void)
{
}

module_init(ref_zero_init);
module_exit(ref_zero_exit);

MODULE_DESCRIPTION("Wrong: takes a reference to what nobody holds any more");
MODULE_LICENSE("GPL");
