// SPDX-License-Identifier: GPL-2.0-only
/*
 * heap_write - writes the byte behind an allocation
 */
#include "wrong.h"
#include <linux/slab.h>

/* Of the 128 bytes that an allocation gets nobody else is given the rest. */
#define LENGTH 100

static noinline void fill(u8 *buffer, size_t length)
{
	size_t i;

	/* Wrong: "<=" goes on to the byte behind the last. */
	for (i = 0; mended ? i < length : i <= length; i++)
		WRITE_ONCE(buffer[i], i);
}

static int __init heap_write_init(void)
{
	u8 *buffer = kmalloc(LENGTH, GFP_KERNEL);

	if (!buffer)
		return -ENOMEM;
	fill(buffer, LENGTH);
	kfree(buffer);
	return 0;
}

static void __exit heap_write_exit(void)
{
}

module_init(heap_write_init);
module_exit(heap_write_exit);

MODULE_DESCRIPTION("Wrong: writes the byte behind an allocation");
MODULE_LICENSE("GPL");
