// SPDX-License-Identifier: GPL-2.0-only
/*
 * notify - sends one event down the chain of buildchain
 *
 * Purpose: show the sender's side of a notifier chain, and how the answer of
 * the chain becomes an errno. A chain answers with a NOTIFY_ value. NOTIFY_OK
 * is 1: an init function that returned it as it is would not have returned
 * success.
 *
 * Usage: insmod buildchain.ko, insmod regchain.ko, insmod notify.ko. Every
 * further event takes another rmmod and insmod of this module.
 *
 * Notes, experiments to try:
 * - insmod notify.ko event=7 sends another number, event=0 is refused with
 *   "Invalid argument".
 * - insmod regchain.ko veto=2 before: a subscriber refuses the event, and the
 *   errno it chose comes out of insmod.
 * - Without regchain the chain is empty, and nobody calling back is no error.
 * - The lesson's log has bare lines, hence no pr_fmt(). Only complaints carry
 *   the module's name.
 */

#include <linux/err.h>
#include <linux/init.h>
#include <linux/module.h>
#include <linux/moduleparam.h>
#include <linux/notifier.h>
#include <linux/printk.h>

#include "buildchain.h"

static unsigned long event = TEST_EVENT_FIRST;
module_param(event, ulong, 0444);
MODULE_PARM_DESC(event, "Number of the event to send, 1 to 9 (default 1)");

static int __init notify_init(void)
{
	int err;

	if (event < TEST_EVENT_FIRST || event > TEST_EVENT_LAST) {
		pr_err("notify: event %lu is out of range (%lu to %lu)\n",
		       event, TEST_EVENT_FIRST, TEST_EVENT_LAST);
		return -EINVAL;
	}

	pr_info("Begin to notify:\n");
	pr_info("==============================\n");
	err = notifier_to_errno(test_notifier_call_chain(event, NULL));
	pr_info("==============================\n");

	if (err)
		pr_err("notify: event %lu was refused: %pe\n", event, ERR_PTR(err));
	return err;
}

static void __exit notify_exit(void)
{
	pr_info("End notify\n");
}

module_init(notify_init);
module_exit(notify_exit);

MODULE_AUTHOR("The kmodlab authors");
MODULE_DESCRIPTION("Lesson: an event sent down a notifier chain");
MODULE_LICENSE("GPL");
