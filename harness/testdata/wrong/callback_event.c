// SPDX-License-Identifier: GPL-2.0-only
/*
 * callback_event - calls the chain of callback_left when it goes
 *
 * It does nothing wrong.
 */
#include <linux/init.h>
#include <linux/module.h>
#include <net/netevent.h>

/* What callback_left needs, so that it is the first one to go. */
void callback_event_needed(void);
void callback_event_needed(void)
{
}
EXPORT_SYMBOL_GPL(callback_event_needed);

static int __init callback_event_init(void)
{
	return 0;
}

static void __exit callback_event_exit(void)
{
	call_netevent_notifiers(0, NULL);
}

module_init(callback_event_init);
module_exit(callback_event_exit);

MODULE_DESCRIPTION("Wrong: calls the chain of callback_left when it goes");
MODULE_LICENSE("GPL");
