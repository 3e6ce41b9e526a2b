// SPDX-License-Identifier: GPL-2.0-only
/*
 * leaked - forgets what it has when it gives up
 */
#include "wrong.h"
#include <linux/slab.h>

/* Something that a channel needs and this machine does not have. */
static noinline int find_line(const u8 *buffer)
{
	return -ENODEV;
}

static noinline int open_channel(void)
{
	u8 *buffer = kzalloc(200, GFP_KERNEL);
	int err;

	if (!buffer)
		return -ENOMEM;
	err = find_line(buffer);
	if (err) {
		/* Wrong: nothing points to the buffer any more. */
		if (mended)
			kfree(buffer);
		return err;
	}
	kfree(buffer);
	return 0;
}

static int __init leaked_init(void)
{
	int i;

	/* It does without the channels that cannot be had. */
	for (i = 0; i < 4; i++)
		open_channel();
	return 0;
}

static void __exit leaked_exit(void)
{
}

module_init(leaked_init);
module_exit(leaked_exit);

MODULE_DESCRIPTION("Wrong: forgets what it has when it gives up");
MODULE_LICENSE("GPL");
