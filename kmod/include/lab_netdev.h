/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * lab_netdev.h - a network device of a lesson's own
 *
 * A lesson about events of network devices needs one that nobody else uses, as
 * every VM has other devices, and none that all have. This one accepts packets
 * and drops them. It does not speak ARP by itself unless asked to, so that
 * nothing happens to it but what the script does.
 */
#ifndef KMODLAB_LAB_NETDEV_H
#define KMODLAB_LAB_NETDEV_H

#include <linux/err.h>
#include <linux/etherdevice.h>
#include <linux/if.h>
#include <linux/netdevice.h>
#include <linux/skbuff.h>

static netdev_tx_t lab_netdev_xmit(struct sk_buff *skb, struct net_device *dev)
{
	dev_kfree_skb(skb);
	return NETDEV_TX_OK;
}

static const struct net_device_ops lab_netdev_ops = {
	.ndo_start_xmit = lab_netdev_xmit,
	.ndo_set_mac_address = eth_mac_addr,
	.ndo_validate_addr = eth_validate_addr,
};

static void lab_netdev_setup(struct net_device *dev)
{
	static const u8 address[ETH_ALEN] = { 0x02, 0x00, 0x5e, 0x00, 0x53, 0x01 };

	ether_setup(dev);
	dev->netdev_ops = &lab_netdev_ops;
	dev->flags |= IFF_NOARP;
	dev->flags &= ~IFF_MULTICAST;
	dev_addr_mod(dev, 0, address, ETH_ALEN);
}

/**
 * lab_netdev_create() - make and register a network device
 * @name: its name, free of others
 *
 * Return: the device, to be ended by lab_netdev_destroy(), or an ERR_PTR().
 */
static struct net_device *lab_netdev_create(const char *name)
{
	struct net_device *dev = alloc_netdev(0, name, NET_NAME_USER, lab_netdev_setup);
	int err;

	if (!dev)
		return ERR_PTR(-ENOMEM);
	err = register_netdev(dev);
	if (err) {
		free_netdev(dev);
		return ERR_PTR(err);
	}
	return dev;
}

/**
 * lab_netdev_destroy() - unregister and free a device
 * @dev: what lab_netdev_create() returned, no ERR_PTR()
 */
static void lab_netdev_destroy(struct net_device *dev)
{
	unregister_netdev(dev);
	free_netdev(dev);
}

#endif /* KMODLAB_LAB_NETDEV_H */
