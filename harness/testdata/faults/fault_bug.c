// SPDX-License-Identifier: GPL-2.0-only
/*
 * fault_bug - init hits BUG_ON()
 */
#include "fault.h"

static int never = 1;

static int __init fault_init(void)
{
	BUG_ON(never);
	return 0;
}

module_init(fault_init);

MODULE_DESCRIPTION("Fault: BUG_ON");
MODULE_LICENSE("GPL");
