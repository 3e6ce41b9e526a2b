// SPDX-License-Identifier: GPL-2.0-only
/*
 * fault_taint - a module under another licence
 */
#include "fault.h"

static int __init fault_init(void)
{
	return 0;
}

static void __exit fault_exit(void)
{
}

module_init(fault_init);
module_exit(fault_exit);

MODULE_DESCRIPTION("Fault: taint");
MODULE_LICENSE("Proprietary");
