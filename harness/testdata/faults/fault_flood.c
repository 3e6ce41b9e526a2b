// SPDX-License-Identifier: GPL-2.0-only
/*
 * fault_flood - init logs 10 MB
 *
 * Faster than any reader: records of the ring buffer (log_buf_len) are
 * overwritten unread. On a serial console that shows them it takes minutes
 * under emulation; with "quiet" they only go to the ring buffer.
 */
#include "fault.h"

static int __init fault_init(void)
{
	int i;

	for (i = 0; i < 100000; i++)
		pr_info("line %6d %075d\n", i, 0);
	return 0;
}

static void __exit fault_exit(void)
{
}

module_init(fault_init);
module_exit(fault_exit);

MODULE_DESCRIPTION("Fault: flood of the kernel log");
MODULE_LICENSE("GPL");
