// SPDX-License-Identifier: GPL-2.0-only
/*
 * fault_gpf - init reads a non-canonical address
 */
#include "fault.h"

static unsigned long where = 0xdead000000000123;

static int __init fault_init(void)
{
	return *(int *volatile)READ_ONCE(where) ? 0 : -EIO;
}

module_init(fault_init);

MODULE_DESCRIPTION("Fault: general protection fault");
MODULE_LICENSE("GPL");
