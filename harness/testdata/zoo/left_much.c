// SPDX-License-Identifier: GPL-2.0-only
#include <linux/debugfs.h>
#include <linux/err.h>
#include <linux/fs.h>
#include <linux/kobject.h>
#include <linux/module.h>
#include <linux/platform_device.h>
#include <linux/slab.h>
#include <linux/workqueue.h>

static int __init left_init(void)
{
	struct platform_device *device;
	dev_t number;
	int err;

	/* The kernel copies the names, and holds nothing else of the module. */
	err = alloc_chrdev_region(&number, 0, 1, "left_number");
	if (err)
		return err;
	device = platform_device_register_simple("left_device", -1, NULL, 0);
	if (IS_ERR(device))
		return PTR_ERR(device);
	debugfs_create_dir("left_folder", NULL);
	if (!kobject_create_and_add("left_object", kernel_kobj) ||
	    !kmem_cache_create("left_cache", 72, 0, SLAB_TYPESAFE_BY_RCU, NULL) ||
	    !alloc_workqueue("leftq", WQ_MEM_RECLAIM | WQ_UNBOUND, 1))
		return -ENOMEM;
	return 0;
}

static void __exit left_exit(void)
{
}

module_init(left_init);
module_exit(left_exit);

MODULE_DESCRIPTION("Leaves one of each kind of name");
MODULE_LICENSE("GPL");
