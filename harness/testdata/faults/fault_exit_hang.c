// SPDX-License-Identifier: GPL-2.0-only
/*
 * fault_exit_hang - exit waits for what never comes
 */
#include "fault.h"
#include <linux/completion.h>

static DECLARE_COMPLETION(never);

static int __init fault_init(void)
{
	return 0;
}

static void __exit fault_exit(void)
{
	pr_info("waiting\n");
	wait_for_completion(&never);
	pr_info("done\n");
}

module_init(fault_init);
module_exit(fault_exit);

MODULE_DESCRIPTION("Fault: exit function that hangs");
MODULE_LICENSE("GPL");
