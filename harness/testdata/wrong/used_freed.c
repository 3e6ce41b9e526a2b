// SPDX-License-Identifier: GPL-2.0-only
/*
 * used_freed - reads memory that it has freed
 */
#include "wrong.h"
#include <linux/slab.h>

struct request {
	int status;
	u8 data[60];
};

static noinline int finish(struct request *request)
{
	int status = READ_ONCE(request->status);

	kfree(request);
	if (mended)
		return status;
	/* Wrong: the status is read from memory that was just freed. */
	return READ_ONCE(request->status);
}

static int __init used_freed_init(void)
{
	struct request *request = kzalloc(sizeof(*request), GFP_KERNEL);

	if (!request)
		return -ENOMEM;
	finish(request);
	return 0;
}

static void __exit used_freed_exit(void)
{
}

module_init(used_freed_init);
module_exit(used_freed_exit);

MODULE_DESCRIPTION("Wrong: reads memory that it has freed");
MODULE_LICENSE("GPL");
