// SPDX-License-Identifier: GPL-2.0-only
/*
 * chain_netdev - the chain of network devices
 *
 * Purpose: show what the kernel tells about a network device, from its
 * registration to its end. The module brings a device of its own, lab0, and
 * prints each event of that device. All but the first and the last are made by
 * the commands of ip.
 *
 * Usage: insmod chain_netdev.ko, then ip link set lab0 up, down, mtu 1280, name
 * lab9 ... With veto=1 the module refuses that the device comes up.
 *
 * Notes:
 * - netdev_chain is a raw chain (net/core/dev.c). Its lock is the RTNL mutex,
 *   so callbacks may sleep, and must not take that mutex themselves.
 * - Who joins is told NETDEV_REGISTER (and NETDEV_UP) of all devices there are,
 *   and who leaves the reverse: no device is missed. These calls go to the
 *   block alone, not down the chain.
 * - Some events may be refused by notifier_from_errno(): PRE_UP,
 *   PRE_TYPE_CHANGE, PRECHANGEMTU, REGISTER, CHANGENAME ...
 *
 * Experiments to try:
 * - Join before the device is made, and leave after its end. What is missing
 *   from the log if you do it the other way round?
 * - Refuse NETDEV_PRECHANGEMTU.
 */

#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/err.h>
#include <linux/init.h>
#include <linux/module.h>
#include <linux/moduleparam.h>
#include <linux/netdevice.h>
#include <linux/notifier.h>
#include <linux/printk.h>

#include "lab_netdev.h"

static bool veto;
module_param(veto, bool, 0444);
MODULE_PARM_DESC(veto, "Refuse that the device comes up (default no)");

/* Set while it is made, for its first events come before we have it. */
static const char lab_name[] = "lab0";
static struct net_device *lab;

static int chain_netdev_event(struct notifier_block *nb, unsigned long event, void *data)
{
	struct net_device *dev = netdev_notifier_info_to_dev(data);

	if (lab ? dev != lab : strcmp(dev->name, lab_name))
		return NOTIFY_DONE;
	pr_info("%s: %s\n", dev->name, netdev_cmd_to_name(event));
	if (veto && event == NETDEV_PRE_UP) {
		pr_info("%s: refused\n", dev->name);
		return notifier_from_errno(-EPERM);
	}
	return NOTIFY_OK;
}

static struct notifier_block chain_netdev_block = { .notifier_call = chain_netdev_event };

static int __init chain_netdev_init(void)
{
	int err;

	err = register_netdevice_notifier(&chain_netdev_block);
	if (err)
		return err;
	lab = lab_netdev_create(lab_name);
	if (IS_ERR(lab)) {
		unregister_netdevice_notifier(&chain_netdev_block);
		return PTR_ERR(lab);
	}
	return 0;
}

static void __exit chain_netdev_exit(void)
{
	lab_netdev_destroy(lab);
	unregister_netdevice_notifier(&chain_netdev_block);
}

module_init(chain_netdev_init);
module_exit(chain_netdev_exit);

MODULE_AUTHOR("The kmodlab authors");
MODULE_DESCRIPTION("Lesson: the chain of network devices");
MODULE_LICENSE("GPL");
