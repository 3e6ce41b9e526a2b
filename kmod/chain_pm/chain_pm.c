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
 * With busy=1 the chain agrees and a device of the module does not:
 *   insmod chain_pm.ko busy=1
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

#include <linux/err.h>
#include <linux/init.h>
#include <linux/module.h>
#include <linux/moduleparam.h>
#include <linux/notifier.h>
#include <linux/platform_device.h>
#include <linux/pm.h>
#include <linux/printk.h>
#include <linux/suspend.h>

static bool veto;
module_param(veto, bool, 0444);
MODULE_PARM_DESC(veto, "Refuse to sleep (default no)");

static bool busy;
module_param(busy, bool, 0444);
MODULE_PARM_DESC(busy, "Have a device that is not ready to sleep (default no)");

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

/* Asked after the chain, with all programs frozen, before any device sleeps. */
static int on_prepare(struct device *dev)
{
	pr_info("the device is busy\n");
	return -EBUSY;
}

static const struct dev_pm_ops busy_ops = { .prepare = on_prepare };

static struct platform_driver busy_driver = {
	.driver = { .name = KBUILD_MODNAME, .pm = &busy_ops },
};

static struct platform_device *busy_device;

static int __init add_device(void)
{
	int err;

	err = platform_driver_register(&busy_driver);
	if (err)
		return err;
	busy_device = platform_device_register_simple(KBUILD_MODNAME, PLATFORM_DEVID_NONE, NULL, 0);
	if (IS_ERR(busy_device)) {
		platform_driver_unregister(&busy_driver);
		return PTR_ERR(busy_device);
	}
	return 0;
}

static void remove_device(void)
{
	platform_device_unregister(busy_device);
	platform_driver_unregister(&busy_driver);
}

static int __init chain_pm_init(void)
{
	int err;

	err = busy ? add_device() : 0;
	if (err)
		return err;
	err = register_pm_notifier(&first);
	if (err)
		goto no_device;
	err = register_pm_notifier(&second);
	if (err)
		goto no_first;
	return 0;

no_first:
	unregister_pm_notifier(&first);
no_device:
	if (busy)
		remove_device();
	return err;
}

static void __exit chain_pm_exit(void)
{
	unregister_pm_notifier(&second);
	unregister_pm_notifier(&first);
	if (busy)
		remove_device();
}

module_init(chain_pm_init);
module_exit(chain_pm_exit);

MODULE_AUTHOR("The kmodlab authors");
MODULE_DESCRIPTION("Lesson: the chain of suspend and hibernation");
MODULE_LICENSE("GPL");
