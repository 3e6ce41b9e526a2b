// SPDX-License-Identifier: GPL-2.0-only
/*
 * fault_atomic - init sleeps where it must not
 *
 * Bottom halves are off: unlike a spinlock that counts on every preemption
 * model, so every kernel notices.
 */
#include "fault.h"
#include <linux/bottom_half.h>
#include <linux/delay.h>

static int __init fault_init(void)
{
	local_bh_disable();
	msleep(20);
	local_bh_enable();
	return 0;
}

static void __exit fault_exit(void)
{
}

module_init(fault_init);
module_exit(fault_exit);

MODULE_DESCRIPTION("Fault: scheduling while atomic");
MODULE_LICENSE("GPL");
