// SPDX-License-Identifier: GPL-2.0-only
/*
 * fault_oops - init writes through a NULL pointer
 *
 * The task that inserts is killed and the module stays in the state "loading":
 * it cannot be removed, and a second insert of the same name waits for ever.
 */
#include "fault.h"

static int *volatile nowhere;

static int __init fault_init(void)
{
	*nowhere = 1;
	return 0;
}

module_init(fault_init);

MODULE_DESCRIPTION("Fault: NULL pointer in init");
MODULE_LICENSE("GPL");
