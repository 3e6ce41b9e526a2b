// SPDX-License-Identifier: GPL-2.0-only
/*
 * stack_read - reads the byte behind an array on the stack
 *
 * Who writes there may meet the stack protector's canary, by the compiler's choice of
 * places; who reads is noticed by KASAN alone.
 */
#include "wrong.h"
#include <linux/string.h>

#define LENGTH 12

static noinline u8 sum(const u8 *buffer, size_t length)
{
	u8 all = 0;
	size_t i;

	/* Wrong: "<=" goes on to the byte behind the last. */
	for (i = 0; mended ? i < length : i <= length; i++)
		all += READ_ONCE(buffer[i]);
	return all;
}

static int __init stack_read_init(void)
{
	u8 buffer[LENGTH];

	memset(buffer, 1, LENGTH);
	sum(buffer, LENGTH);
	return 0;
}

static void __exit stack_read_exit(void)
{
}

module_init(stack_read_init);
module_exit(stack_read_exit);

MODULE_DESCRIPTION("Wrong: reads the byte behind an array on the stack");
MODULE_LICENSE("GPL");
