// SPDX-License-Identifier: GPL-2.0-only
/*
 * fault_enodev - init refuses with -ENODEV
 *
 * insmod prints "No such device". busybox then tries init_module(2) after
 * finit_module(2) has failed, so init runs twice there; u-root and kmod run it
 * once.
 */
#include "fault.h"

static int __init fault_init(void)
{
	pr_info("there is no such device\n");
	return -ENODEV;
}

module_init(fault_init);

MODULE_DESCRIPTION("Fault: init returns an error");
MODULE_LICENSE("GPL");
