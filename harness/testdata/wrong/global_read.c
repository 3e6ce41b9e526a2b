// SPDX-License-Identifier: GPL-2.0-only
/*
 * global_read - reads the byte behind a global array
 */
#include "wrong.h"

static u8 table[12];

static noinline u8 sum(const u8 *buffer, size_t length)
{
	u8 all = 0;
	size_t i;

	/* Wrong: "<=" goes on to the byte behind the last. */
	for (i = 0; mended ? i < length : i <= length; i++)
		all += READ_ONCE(buffer[i]);
	return all;
}

static int __init global_read_init(void)
{
	WRITE_ONCE(table[0], 1);
	sum(table, sizeof(table));
	return 0;
}

static void __exit global_read_exit(void)
{
}

module_init(global_read_init);
module_exit(global_read_exit);

MODULE_DESCRIPTION("Wrong: reads the byte behind a global array");
MODULE_LICENSE("GPL");
