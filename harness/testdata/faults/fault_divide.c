// SPDX-License-Identifier: GPL-2.0-only
/*
 * fault_divide - init divides by zero
 */
#include "fault.h"

static int number = 100;
static int zero;

static int __init fault_init(void)
{
	return READ_ONCE(number) / READ_ONCE(zero);
}

module_init(fault_init);

MODULE_DESCRIPTION("Fault: divide error");
MODULE_LICENSE("GPL");
