// SPDX-License-Identifier: GPL-2.0-only
/*
 * fault_canary - init writes past a buffer on its stack
 */
#include "fault.h"
#include <linux/string.h>

static int size = 96;

static noinline int fill(void)
{
	char buffer[16];
	char *volatile p = buffer;
	int i;

	for (i = 0; i < READ_ONCE(size); i++)
		p[i] = 0x41;
	return buffer[3];
}

static int __init fault_init(void)
{
	return fill() ? 0 : -EIO;
}

module_init(fault_init);

MODULE_DESCRIPTION("Fault: stack smashed");
MODULE_LICENSE("GPL");
