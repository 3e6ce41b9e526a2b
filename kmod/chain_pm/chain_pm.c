// SPDX-License-Identifier: GPL-2.0-only
/*
 * chain_pm - the chain of suspend and hibernation
 *
 * Purpose: show what the kernel tells before and after the system sleeps, and
 * that a subscriber may refuse it.
 *
 * Usage: insmod chain_pm.ko, then open /dev/snapshot, with which a program
 * writes or reads the image of a hibernated system: the kernel gets ready when
 * it is opened, and is told that all is over when it is closed. With veto=1
 * every preparation is refused:
 *   insmod chain_pm.ko veto=1
 *   echo freeze > /sys/power/state
 *
 * Notes:
 * - pm_chain_head is a blocking chain, called by a robust call
 *   (kernel/power/main.c): who has agreed is told POST_ if another refuses.
 *   The one who refuses is not told, see the lesson robust.
 * - The module has two blocks. The second one refuses, so that the first one's
 *   roll-back can be seen.
 *
 * Experiments to try (not on a machine you need):
 * - echo freeze > /sys/power/state without the veto. What wakes it up again?
 */

#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/errno.h>
#include <linux/init.h>
#include <linux/module.h>
#include <linux/moduleparam.h>
#include <linux/notifier.h>
#include <linux/printk.h>
#include <linux/suspend.h>

static bool veto;
module_param(veto, bool, 0444);
MODULE_PARM_DESC(veto, "Refuse to sleep (default no)");

static const char *event_name(unsigned long event)
{
	switch (event) {
	case PM_HIBERNATION_PREPARE: return "prepare for hibernation";
	case PM_POST_HIBERNATION: return "hibernation is over";
	case PM_SUSPEND_PREPARE: return "prepare for suspend";
	case PM_POST_SUSPEND: return "suspend is over";
	case PM_RESTORE_PREPARE: return "prepare for a restore";
	case PM_POST_RESTORE: return "restore is over";
	}
	return "another event";
}

static int on_first(struct notifier_block *nb, unsigned long event, void *data)
{
	pr_info("first: %s\n", event_name(event));
	return NOTIFY_OK;
}

static int on_second(struct notifier_block *nb, unsigned long event, void *data)
{
	pr_info("second: %s%s\n", event_name(event), veto ? ": no" : "");
	return veto ? notifier_from_errno(-EBUSY) : NOTIFY_OK;
}

static struct notifier_block first = { .notifier_call = on_first, .priority = 2 };
static struct notifier_block second = { .notifier_call = on_second, .priority = 1 };

static int __init chain_pm_init(void)
{
	int err;

	err = register_pm_notifier(&first);
	if (err)
		return err;
	err = register_pm_notifier(&second);
	if (err)
		unregister_pm_notifier(&first);
	return err;
}

static void __exit chain_pm_exit(void)
{
	unregister_pm_notifier(&second);
	unregister_pm_notifier(&first);
}

module_init(chain_pm_init);
module_exit(chain_pm_exit);

MODULE_AUTHOR("The kmodlab authors");
MODULE_DESCRIPTION("Lesson: the chain of suspend and hibernation");
MODULE_LICENSE("GPL");
