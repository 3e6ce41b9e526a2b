// SPDX-License-Identifier: GPL-2.0-only
/*
 * fault_redzone - init writes past the end of what it allocated
 *
 * Reported when the memory is freed, with slub_debug=FZPU.
 */
#include "fault.h"
#include <linux/slab.h>

static int size = 96;

static int __init fault_init(void)
{
	char *volatile p = kmalloc(READ_ONCE(size), GFP_KERNEL);

	if (!p)
		return -ENOMEM;
	p[READ_ONCE(size)] = 0x42;
	kfree(p);
	return 0;
}

static void __exit fault_exit(void)
{
}

module_init(fault_init);
module_exit(fault_exit);

MODULE_DESCRIPTION("Fault: write past an allocation");
MODULE_LICENSE("GPL");
