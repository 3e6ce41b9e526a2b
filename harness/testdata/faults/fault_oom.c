// SPDX-License-Identifier: GPL-2.0-only
/*
 * fault_oom - init takes all memory of the guest and keeps it
 *
 * The out-of-memory killer shoots every task, the one that inserts too; when
 * only init is left the kernel panics.
 */
#include "fault.h"
#include <linux/gfp.h>
#include <linux/mm.h>

static int __init fault_init(void)
{
	unsigned long pages = 0;

	while (alloc_page(GFP_KERNEL))
		pages++;
	pr_info("no page is left\n");
	return pages ? 0 : -ENOMEM;
}

module_init(fault_init);

MODULE_DESCRIPTION("Fault: guest out of memory");
MODULE_LICENSE("GPL");
