// SPDX-License-Identifier: GPL-2.0-only
#include <linux/module.h>
#include <net/xfrm.h>

static int __init tunnel_init(void)
{
	xfrm_address_t nowhere = {};

	pr_info("tunnel to nowhere: %u\n", ntohl(xfrm6_tunnel_spi_lookup(&init_net, &nowhere)));
	return 0;
}

static void __exit tunnel_exit(void)
{
}

module_init(tunnel_init);
module_exit(tunnel_exit);

MODULE_DESCRIPTION("Needs a module of the kernel's own that needs another");
MODULE_LICENSE("GPL");
