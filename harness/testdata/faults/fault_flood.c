// SPDX-License-Identifier: GPL-2.0-only
/*
 * fault_flood - init logs 10 MB
 *
 * Faster than any reader: records of the ring buffer (log_buf_len) are
 * overwritten unread. With "quiet", which keeps them from the slow serial
 * console, 6.12 kept the last 1101 of the 100000 lines.
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
