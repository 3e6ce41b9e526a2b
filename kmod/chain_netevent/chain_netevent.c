// SPDX-License-Identifier: GPL-2.0-only
/*
 * chain_netevent - the chain of neighbours and routes
 *
 * Purpose: show the chain for those who keep a copy of the kernel's
 * neighbours and routes, such as drivers of cards that forward by themselves.
 * The module brings a network device of its own, lab2, and prints the events
 * of its neighbours, and that of one setting.
 *
 * Usage: insmod chain_netevent.ko, then
 *   ip link set lab2 up
 *   ip neigh add 192.0.2.9 lladdr 02:00:5e:00:53:09 nud permanent dev lab2
 *   ip neigh del 192.0.2.9 dev lab2
 *   echo 7 > /proc/sys/net/ipv4/neigh/lab2/delay_first_probe_time
 *
 * Notes:
 * - netevent_notif_chain is an atomic chain (net/core/netevent.c): neighbours
 *   are learned while packets are received. The neighbour must be looked at
 *   under its lock.
 * - call_netevent_notifiers() is exported. The script has the real thing.
 *
 * Experiments to try:
 * - Send a packet to a neighbour that is not there, and watch its states.
 */

#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/err.h>
#include <linux/init.h>
#include <linux/module.h>
#include <linux/netdevice.h>
#include <linux/notifier.h>
#include <linux/printk.h>
#include <linux/spinlock.h>
#include <net/neighbour.h>
#include <net/netevent.h>

#include "lab_netdev.h"

static struct net_device *lab;

static const char *state_name(u8 state)
{
	switch (state) {
	case NUD_PERMANENT: return "permanent";
	/* Never run: no neighbour of a device that sends nothing gets that far. */
	case NUD_REACHABLE: return "reachable";
	case NUD_STALE: return "stale";
	case NUD_FAILED: return "failed";
	/* Never run: nor is one of these made. */
	case NUD_NOARP: return "noarp";
	}
	return "another";
}

static void on_neighbour(struct neighbour *n)
{
	u8 state, dead;

	if (n->dev != lab || n->tbl->family != AF_INET)
		return;
	read_lock_bh(&n->lock);
	state = n->nud_state;
	dead = n->dead;
	read_unlock_bh(&n->lock);
	pr_info("%s: neighbour %pI4: %s%s\n", lab->name, n->primary_key, state_name(state),
		dead ? ", dead" : "");
}

static int chain_netevent_event(struct notifier_block *nb, unsigned long event, void *data)
{
	switch (event) {
	case NETEVENT_NEIGH_UPDATE:
		on_neighbour(data);
		break;
	case NETEVENT_DELAY_PROBE_TIME_UPDATE: {
		const struct neigh_parms *p = data;

		if (p->dev == lab)
			pr_info("%s: delay of the first probe: %d s\n", lab->name,
				NEIGH_VAR(p, DELAY_PROBE_TIME) / HZ);
		break;
	}
	}
	return NOTIFY_DONE;
}

static struct notifier_block chain_netevent_block = { .notifier_call = chain_netevent_event };

static int __init chain_netevent_init(void)
{
	int err;

	lab = lab_netdev_create("lab2");
	if (IS_ERR(lab))
		return PTR_ERR(lab);
	err = register_netevent_notifier(&chain_netevent_block);
	if (err)
		lab_netdev_destroy(lab);
	return err;
}

static void __exit chain_netevent_exit(void)
{
	unregister_netevent_notifier(&chain_netevent_block);
	lab_netdev_destroy(lab);
}

module_init(chain_netevent_init);
module_exit(chain_netevent_exit);

MODULE_AUTHOR("The kmodlab authors");
MODULE_DESCRIPTION("Lesson: the chain of neighbours and routes");
MODULE_LICENSE("GPL");
