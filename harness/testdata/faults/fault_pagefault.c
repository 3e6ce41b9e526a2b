// SPDX-License-Identifier: GPL-2.0-only
/*
 * fault_pagefault - init reads a kernel address that is not mapped
 */
#include "fault.h"

static unsigned long where = 0xffffc90123456000;

static int __init fault_init(void)
{
	return *(int *volatile)READ_ONCE(where) ? 0 : -EIO;
}

module_init(fault_init);

MODULE_DESCRIPTION("Fault: bad pointer");
MODULE_LICENSE("GPL");
