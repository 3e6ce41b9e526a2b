// SPDX-License-Identifier: GPL-2.0-only
/*
 * fault_warn - init hits WARN_ON() and WARN(), and succeeds
 *
 * Everything a script looks at is as it should be; only the log tells.
 */
#include "fault.h"

static int never = 1;

static int __init fault_init(void)
{
	WARN_ON(never);
	WARN(never, "fault_warn: number %d\n", never);
	return 0;
}

static void __exit fault_exit(void)
{
}

module_init(fault_init);
module_exit(fault_exit);

MODULE_DESCRIPTION("Fault: WARN_ON");
MODULE_LICENSE("GPL");
