// SPDX-License-Identifier: GPL-2.0-only
/*
 * chain_netlink - the chain of netlink sockets that are released
 *
 * Purpose: show how the kernel tells that a program has closed its netlink
 * socket. Whoever keeps something for the program at the other end forgets it
 * then: it need not say goodbye, and it cannot crash without this being told.
 *
 * Usage: insmod chain_netlink.ko, then ip link show.
 *
 * Notes:
 * - netlink_chain is a blocking chain with one event, NETLINK_URELEASE
 *   (net/netlink/af_netlink.c). The data names protocol, port and network
 *   namespace of the socket.
 * - Only a socket that was bound, or has sent something, has a port that
 *   others may know. The others are released without a word.
 *
 * Experiments to try:
 * - Print the port. Whose number is it?
 */

#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/init.h>
#include <linux/module.h>
#include <linux/netlink.h>
#include <linux/notifier.h>
#include <linux/printk.h>

static const char *protocol_name(int protocol)
{
	switch (protocol) {
	case NETLINK_ROUTE: return "NETLINK_ROUTE";
	case NETLINK_XFRM: return "NETLINK_XFRM";
	case NETLINK_NETFILTER: return "NETLINK_NETFILTER";
	case NETLINK_GENERIC: return "NETLINK_GENERIC";
	}
	return "another protocol";
}

static int chain_netlink_event(struct notifier_block *nb, unsigned long event, void *data)
{
	const struct netlink_notify *n = data;

	if (event == NETLINK_URELEASE)
		pr_info("a socket is released: %s\n", protocol_name(n->protocol));
	return NOTIFY_DONE;
}

static struct notifier_block chain_netlink_block = { .notifier_call = chain_netlink_event };

static int __init chain_netlink_init(void)
{
	return netlink_register_notifier(&chain_netlink_block);
}

static void __exit chain_netlink_exit(void)
{
	netlink_unregister_notifier(&chain_netlink_block);
}

module_init(chain_netlink_init);
module_exit(chain_netlink_exit);

MODULE_AUTHOR("The kmodlab authors");
MODULE_DESCRIPTION("Lesson: the chain of netlink sockets that are released");
MODULE_LICENSE("GPL");
