// SPDX-License-Identifier: GPL-2.0-only
/*
 * index_beyond - writes behind an array, into the field that follows
 *
 * It stays within the structure, so for KASAN nothing is wrong.
 */
#include "wrong.h"

static struct {
	int values[4];
	int spare;
} table;

static uint at = ARRAY_SIZE(table.values);
module_param(at, uint, 0444);
MODULE_PARM_DESC(at, "which value is set, up to 3");

static noinline void set(uint index)
{
	if (mended && index >= ARRAY_SIZE(table.values))
		return;
	/* Wrong: there is no such value. */
	table.values[index] = 1;
}

static int __init index_beyond_init(void)
{
	set(at);
	return READ_ONCE(table.spare) < 0 ? -EIO : 0;
}

static void __exit index_beyond_exit(void)
{
}

module_init(index_beyond_init);
module_exit(index_beyond_exit);

MODULE_DESCRIPTION("Wrong: writes behind an array, into the field that follows");
MODULE_LICENSE("GPL");
