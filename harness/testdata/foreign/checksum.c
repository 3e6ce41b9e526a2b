// SPDX-License-Identifier: GPL-2.0-only
#include <linux/crc-itu-t.h>
#include <linux/module.h>

static int __init checksum_init(void)
{
	pr_info("crc of a one: %#x\n", crc_itu_t(0, (const u8[]){ 1 }, 1));
	return 0;
}

static void __exit checksum_exit(void)
{
}

module_init(checksum_init);
module_exit(checksum_exit);

MODULE_DESCRIPTION("Needs a module of the kernel's own");
MODULE_LICENSE("GPL");
