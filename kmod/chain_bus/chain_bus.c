// SPDX-License-Identifier: GPL-2.0-only
/*
 * chain_bus - the chain of a bus: devices come, are bound, and go
 *
 * Purpose: show what a bus tells of its devices. The module brings a platform
 * device and a driver for it, both called chain_bus, and prints the events of
 * that device on the platform bus.
 *
 * Usage: insmod chain_bus.ko, then
 *   echo chain_bus > /sys/bus/platform/drivers/chain_bus/unbind (and bind)
 *
 * Notes:
 * - Every bus has a blocking chain of its own (drivers/base/bus.c). The data is
 *   the device.
 * - BIND_DRIVER comes before the driver's probe function, BOUND_DRIVER after it
 *   has succeeded; UNBIND_DRIVER before remove, UNBOUND_DRIVER after it.
 *
 * Experiments to try:
 * - Let probe fail with -ENODEV: which event comes instead of BOUND_DRIVER?
 */

#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/device.h>
#include <linux/err.h>
#include <linux/init.h>
#include <linux/module.h>
#include <linux/notifier.h>
#include <linux/platform_device.h>
#include <linux/printk.h>
#include <linux/string.h>

static const char *event_name(unsigned long event)
{
	switch (event) {
	case BUS_NOTIFY_ADD_DEVICE: return "added";
	case BUS_NOTIFY_DEL_DEVICE: return "about to be deleted";
	case BUS_NOTIFY_REMOVED_DEVICE: return "removed";
	case BUS_NOTIFY_BIND_DRIVER: return "about to be bound";
	case BUS_NOTIFY_BOUND_DRIVER: return "bound";
	case BUS_NOTIFY_UNBIND_DRIVER: return "about to be unbound";
	case BUS_NOTIFY_UNBOUND_DRIVER: return "unbound";
	case BUS_NOTIFY_DRIVER_NOT_BOUND: return "not bound";
	}
	return "another event";
}

static int chain_bus_event(struct notifier_block *nb, unsigned long event, void *data)
{
	struct device *dev = data;

	if (strcmp(dev_name(dev), KBUILD_MODNAME))
		return NOTIFY_DONE;
	pr_info("device %s\n", event_name(event));
	return NOTIFY_OK;
}

static struct notifier_block chain_bus_block = { .notifier_call = chain_bus_event };

static int chain_bus_probe(struct platform_device *pdev)
{
	pr_info("driver: probe\n");
	return 0;
}

static struct platform_driver chain_bus_driver = {
	.probe = chain_bus_probe,
	.driver = { .name = KBUILD_MODNAME },
};

static struct platform_device *chain_bus_device;

static int __init chain_bus_init(void)
{
	int err;

	err = bus_register_notifier(&platform_bus_type, &chain_bus_block);
	if (err)
		return err;
	err = platform_driver_register(&chain_bus_driver);
	if (err)
		goto leave;
	chain_bus_device = platform_device_register_simple(KBUILD_MODNAME, PLATFORM_DEVID_NONE,
							   NULL, 0);
	if (IS_ERR(chain_bus_device)) {
		err = PTR_ERR(chain_bus_device);
		goto unregister;
	}
	return 0;

unregister:
	platform_driver_unregister(&chain_bus_driver);
leave:
	bus_unregister_notifier(&platform_bus_type, &chain_bus_block);
	return err;
}

static void __exit chain_bus_exit(void)
{
	platform_device_unregister(chain_bus_device);
	platform_driver_unregister(&chain_bus_driver);
	bus_unregister_notifier(&platform_bus_type, &chain_bus_block);
}

module_init(chain_bus_init);
module_exit(chain_bus_exit);

MODULE_AUTHOR("The kmodlab authors");
MODULE_DESCRIPTION("Lesson: the chain of a bus");
MODULE_LICENSE("GPL");
