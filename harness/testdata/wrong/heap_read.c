// SPDX-License-Identifier: GPL-2.0-only
/*
 * heap_read - reads the byte behind an allocation
 */
#include "wrong.h"
#include <linux/slab.h>

#define LENGTH 100

static noinline u8 sum(const u8 *buffer, size_t length)
{
	u8 all = 0;
	size_t i;

	/* Wrong: "<=" goes on to the byte behind the last. */
	for (i = 0; mended ? i < length : i <= length; i++)
		all += READ_ONCE(buffer[i]);
	return all;
}

static int __init heap_read_init(void)
{
	u8 *buffer = kzalloc(LENGTH, GFP_KERNEL);

	if (!buffer)
		return -ENOMEM;
	sum(buffer, LENGTH);
	kfree(buffer);
	return 0;
}

static void __exit heap_read_exit(void)
{
}

module_init(heap_read_init);
module_exit(heap_read_exit);

MODULE_DESCRIPTION("Wrong: reads the byte behind an allocation");
MODULE_LICENSE("GPL");
