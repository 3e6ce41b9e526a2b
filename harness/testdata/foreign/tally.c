// SPDX-License-Identifier: GPL-2.0-only
#include <linux/module.h>

static int __init tally_init(void)
{
	pr_info("KTAP version 1\n");
	pr_info("1..2\n");
	pr_info("  KTAP version 1\n");
	pr_info("  # Subtest: sums\n");
	pr_info("  1..3\n");
	pr_info("  ok 1 adds\n");
	pr_info("  # divides: 4 / 2 is 3\n");
	pr_info("  not ok 2 divides\n");
	pr_info("  ok 3 multiplies # SKIP no time\n");
	pr_info("not ok 1 sums\n");
	pr_info("ok 2 rest\n");
	return 0;
}

static void __exit tally_exit(void)
{
}

module_init(tally_init);
module_exit(tally_exit);

MODULE_DESCRIPTION("Prints the results of tests");
MODULE_LICENSE("GPL");
