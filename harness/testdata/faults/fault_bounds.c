// SPDX-License-Identifier: GPL-2.0-only
/*
 * fault_bounds - init reads past an array
 *
 * Reported where the kernel is built with UBSAN (6.16 and later; cloud: 7.3).
 */
#include "fault.h"

static int array[4] = { 1, 2, 3, 4 };
static int index = 5;

static int __init fault_init(void)
{
	pr_info("element is %s\n", array[READ_ONCE(index)] ? "set" : "clear");
	return 0;
}

static void __exit fault_exit(void)
{
}

module_init(fault_init);
module_exit(fault_exit);

MODULE_DESCRIPTION("Fault: array index out of bounds");
MODULE_LICENSE("GPL");
