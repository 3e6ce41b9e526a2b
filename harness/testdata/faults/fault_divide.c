// SPDX-License-Identifier: GPL-2.0-only
/*
 * fault_divide - init divides by zero
 */
#include "fault.h"

static int zero;

static int __init fault_init(void)
{
	return 1 / READ_ONCE(zero);
}

module_init(fault_init);

MODULE_DESCRIPTION("Fault: divide error");
MODULE_LICENSE("GPL");
