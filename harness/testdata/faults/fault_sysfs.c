// SPDX-License-Identifier: GPL-2.0-only
/*
 * fault_sysfs - init creates a folder of sysfs twice
 */
#include "fault.h"
#include <linux/kobject.h>

static int __init fault_init(void)
{
	struct kobject *one = kobject_create_and_add("fault_sysfs", NULL);
	struct kobject *two = kobject_create_and_add("fault_sysfs", NULL);

	kobject_put(two);
	kobject_put(one);
	return 0;
}

static void __exit fault_exit(void)
{
}

module_init(fault_init);
module_exit(fault_exit);

MODULE_DESCRIPTION("Fault: duplicate name in sysfs");
MODULE_LICENSE("GPL");
