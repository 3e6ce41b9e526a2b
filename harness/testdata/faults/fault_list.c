// SPDX-License-Identifier: GPL-2.0-only
/*
 * fault_list - init adds one entry to a list twice
 */
#include "fault.h"
#include <linux/list.h>

static LIST_HEAD(list);
static LIST_HEAD(entry);

static int __init fault_init(void)
{
	list_add(&entry, &list);
	list_add(&entry, &list);
	return 0;
}

module_init(fault_init);

MODULE_DESCRIPTION("Fault: list corruption");
MODULE_LICENSE("GPL");
