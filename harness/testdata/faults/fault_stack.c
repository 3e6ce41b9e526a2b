// SPDX-License-Identifier: GPL-2.0-only
/*
 * fault_stack - init calls itself until the kernel stack is full
 *
 * The stack is mapped with a guard page (CONFIG_VMAP_STACK), so this is caught
 * and reported and not silent corruption.
 */
#include "fault.h"
#include <linux/string.h>

static noinline int deeper(int depth)
{
	char frame[256];

	memset(frame, depth, sizeof(frame));
	OPTIMIZER_HIDE_VAR(depth);
	if (depth < 0)
		return 0;
	return deeper(depth + 1) + frame[depth & 0xff];
}

static int __init fault_init(void)
{
	return deeper(1) == 42 ? -EIO : 0;
}

module_init(fault_init);

MODULE_DESCRIPTION("Fault: kernel stack overflow");
MODULE_LICENSE("GPL");
