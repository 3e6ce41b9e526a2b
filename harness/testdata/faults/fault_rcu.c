// SPDX-License-Identifier: GPL-2.0-only
/*
 * fault_rcu - init sleeps inside rcu_read_lock()
 *
 * Noticed where RCU readers can be preempted (PREEMPT_RCU: 6.1 and later). On
 * 5.10 rcu_read_lock() is no more than a compiler barrier, and nothing tells.
 */
#include "fault.h"
#include <linux/delay.h>
#include <linux/rcupdate.h>

static int __init fault_init(void)
{
	rcu_read_lock();
	msleep(20);
	rcu_read_unlock();
	return 0;
}

static void __exit fault_exit(void)
{
}

module_init(fault_init);
module_exit(fault_exit);

MODULE_DESCRIPTION("Fault: blocking inside an RCU read-side section");
MODULE_LICENSE("GPL");
