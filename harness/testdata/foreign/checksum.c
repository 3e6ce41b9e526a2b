// SPDX-License-Identifier: GPL-2.0-only
#include <linux/module.h>
#include <linux/crc7.h>

static int __init checksum_init(void)
{
	pr_info("crc7 of a zero: %u\n", crc7_be(0, (const u8[]){ 0 }, 1));
	return 0;
}

static void __exit checksum_exit(void)
{
}

module_init(checksum_init);
module_exit(checksum_exit);

MODULE_DESCRIPTION("Needs a module of the kernel's own");
MODULE_LICENSE("GPL");
