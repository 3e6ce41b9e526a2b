// SPDX-License-Identifier: GPL-2.0-only
/*
 * fault_refcount - init drops one reference too many
 */
#include "fault.h"
#include <linux/refcount.h>

static refcount_t users = REFCOUNT_INIT(1);

static int __init fault_init(void)
{
	bool gone = refcount_dec_and_test(&users);

	gone &= refcount_dec_and_test(&users);
	return gone ? -EIO : 0;
}

module_init(fault_init);

MODULE_DESCRIPTION("Fault: refcount_t underflow");
MODULE_LICENSE("GPL");
