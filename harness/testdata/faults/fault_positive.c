// SPDX-License-Identifier: GPL-2.0-only
/*
 * fault_positive - init returns a positive number
 *
 * What happens to an init function that hands on NOTIFY_OK as its result.
 */
#include "fault.h"

static int __init fault_init(void)
{
	return NOTIFY_OK;
}

static void __exit fault_exit(void)
{
}

module_init(fault_init);
module_exit(fault_exit);

MODULE_DESCRIPTION("Fault: init returns a positive number");
MODULE_LICENSE("GPL");
