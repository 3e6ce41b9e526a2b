// SPDX-License-Identifier: GPL-2.0-only
/*
 * fault_stack - init calls itself until the kernel stack is full
 *
 * The stack is mapped with a guard page (CONFIG_VMAP_STACK), so this is caught
 * and reported and is not silent corruption.
 */
#include "fault.h"
#include <linux/string.h>

static unsigned int limit = 1000000;

/* The frame's address goes down, or the compiler would make this a loop. */
static noinline int deeper(unsigned int depth, char *above)
{
	char frame[256];

	if (depth > READ_ONCE(limit))
		return above[0];
	memset(frame, above[0] + 1, sizeof(frame));
	return deeper(depth + 1, frame) + frame[depth % sizeof(frame)];
}

static int __init fault_init(void)
{
	char top = 0;

	return deeper(1, &top) == 42 ? -EIO : 0;
}

module_init(fault_init);

MODULE_DESCRIPTION("Fault: kernel stack overflow");
MODULE_LICENSE("GPL");
