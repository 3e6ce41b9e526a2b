// SPDX-License-Identifier: GPL-2.0-only
/*
 * fault_workqueue - a work item never ends
 *
 * Others wait behind it. Reported after workqueue.watchdog_thresh seconds where
 * CONFIG_WQ_WATCHDOG is set; Debian does not set it.
 */
#include "fault.h"
#include <linux/workqueue.h>

static void fault_work(struct work_struct *work)
{
	preempt_disable();
	for (;;)
		cpu_relax();
}

static DECLARE_WORK(work, fault_work);

static int __init fault_init(void)
{
	schedule_work(&work);
	return 0;
}

module_init(fault_init);

MODULE_DESCRIPTION("Fault: endless work item");
MODULE_LICENSE("GPL");
