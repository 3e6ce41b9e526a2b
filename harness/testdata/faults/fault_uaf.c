// SPDX-License-Identifier: GPL-2.0-only
/*
 * fault_uaf - init uses memory after it has freed it
 *
 * Silent, unless KFENCE samples the allocation (6.12 and later, switched on
 * with kfence.sample_interval=1) or slab debugging is on (slub_debug=FZPU).
 */
#include "fault.h"
#include <linux/delay.h>
#include <linux/slab.h>

static int __init fault_init(void)
{
	char *volatile p;
	int i;

	for (i = 0; i < 200; i++) {
		p = kmalloc(96, GFP_KERNEL);
		if (!p)
			return -ENOMEM;
		kfree(p);
		p[8] = i;
		msleep(20);
	}
	return 0;
}

static void __exit fault_exit(void)
{
}

module_init(fault_init);
module_exit(fault_exit);

MODULE_DESCRIPTION("Fault: use after free");
MODULE_LICENSE("GPL");
