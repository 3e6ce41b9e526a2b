// SPDX-License-Identifier: GPL-2.0-only
/*
 * chain_inetaddr - the chain of IPv4 addresses
 *
 * Purpose: show how the kernel tells of addresses that come and go. The module
 * brings a network device of its own, lab1, and prints the events of its
 * addresses. They are made by ip addr add and ip addr del.
 *
 * Usage: insmod chain_inetaddr.ko, then ip addr add 192.0.2.1/24 dev lab1 and
 * ip addr del ... With veto=1 every further address is refused.
 *
 * Notes:
 * - The event numbers are those of network devices, NETDEV_UP and NETDEV_DOWN,
 *   but the data is a struct in_ifaddr. Whose chain it is decides what the
 *   numbers and the data mean.
 * - Two chains: inetaddr_chain tells of what has happened and ignores what it
 *   hears. inetaddr_validator_chain asks before, and a subscriber may refuse.
 *   Both are blocking chains (net/ipv4/devinet.c).
 *
 * Experiments to try:
 * - Add a second address of the same network, and delete the first one. Both
 *   are gone: why? (promote_secondaries)
 */

#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/err.h>
#include <linux/inetdevice.h>
#include <linux/init.h>
#include <linux/module.h>
#include <linux/moduleparam.h>
#include <linux/netdevice.h>
#include <linux/notifier.h>
#include <linux/printk.h>

#include "lab_netdev.h"

static bool veto;
module_param(veto, bool, 0444);
MODULE_PARM_DESC(veto, "Refuse every address of the device (default no)");

static struct net_device *lab;

static int on_address(struct notifier_block *nb, unsigned long event, void *data)
{
	const struct in_ifaddr *ifa = data;

	if (ifa->ifa_dev->dev != lab)
		return NOTIFY_DONE;
	pr_info("%s: %pI4/%u: %s\n", lab->name, &ifa->ifa_local, ifa->ifa_prefixlen,
		netdev_cmd_to_name(event));
	return NOTIFY_OK;
}

static int on_question(struct notifier_block *nb, unsigned long event, void *data)
{
	const struct in_validator_info *info = data;

	if (info->ivi_dev->dev != lab)
		return NOTIFY_DONE;
	pr_info("%s: may %pI4 be added? %s\n", lab->name, &info->ivi_addr, veto ? "no" : "yes");
	return veto ? notifier_from_errno(-EPERM) : NOTIFY_OK;
}

static struct notifier_block address_block = { .notifier_call = on_address };
static struct notifier_block question_block = { .notifier_call = on_question };

static int __init chain_inetaddr_init(void)
{
	int err;

	lab = lab_netdev_create("lab1");
	if (IS_ERR(lab))
		return PTR_ERR(lab);
	err = register_inetaddr_notifier(&address_block);
	if (err)
		goto destroy;
	err = register_inetaddr_validator_notifier(&question_block);
	if (err)
		goto leave;
	return 0;

leave:
	unregister_inetaddr_notifier(&address_block);
destroy:
	lab_netdev_destroy(lab);
	return err;
}

static void __exit chain_inetaddr_exit(void)
{
	/* The device first: its addresses go with it, and that is told, too. */
	lab_netdev_destroy(lab);
	unregister_inetaddr_validator_notifier(&question_block);
	unregister_inetaddr_notifier(&address_block);
}

module_init(chain_inetaddr_init);
module_exit(chain_inetaddr_exit);

MODULE_AUTHOR("The kmodlab authors");
MODULE_DESCRIPTION("Lesson: the chain of IPv4 addresses");
MODULE_LICENSE("GPL");
