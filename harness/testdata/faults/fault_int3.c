// SPDX-License-Identifier: GPL-2.0-only
/*
 * fault_int3 - init runs into a breakpoint that nobody set
 */
#include "fault.h"

static int __init fault_init(void)
{
	asm volatile("int3");
	return 0;
}

module_init(fault_init);

MODULE_DESCRIPTION("Fault: int3");
MODULE_LICENSE("GPL");
