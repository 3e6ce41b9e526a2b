// SPDX-License-Identifier: GPL-2.0-only
/*
 * shift_wide - shifts by as many bits as there are
 */
#include "wrong.h"
#include <linux/bits.h>

static uint bits = 64;
module_param(bits, uint, 0444);
MODULE_PARM_DESC(bits, "how many bits are set, up to 64");

static noinline u64 mask(uint count)
{
	if (mended && count >= 64)
		return ~0ULL;
	/* Wrong: 64 bits cannot be shifted by 64. */
	return (1ULL << count) - 1;
}

static u64 result;

static int __init shift_wide_init(void)
{
	WRITE_ONCE(result, mask(bits));
	return 0;
}

static void __exit shift_wide_exit(void)
{
}

module_init(shift_wide_init);
module_exit(shift_wide_exit);

MODULE_DESCRIPTION("Wrong: shifts by as many bits as there are");
MODULE_LICENSE("GPL");
