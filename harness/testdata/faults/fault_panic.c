// SPDX-License-Identifier: GPL-2.0-only
/*
 * fault_panic - init panics
 *
 * With panic=-1 on the command line the kernel resets at once, and QEMU with
 * -no-reboot ends.
 */
#include "fault.h"

static int __init fault_init(void)
{
	panic("fault_panic: as asked");
}

module_init(fault_init);

MODULE_DESCRIPTION("Fault: panic");
MODULE_LICENSE("GPL");
