// SPDX-License-Identifier: GPL-2.0-only
/*
 * chain_reboot - the chain of the end
 *
 * Purpose: show what the kernel tells before the system goes down, and who is
 * told first. Two blocks join; when the system restarts, halts or powers off,
 * they say so on the console.
 *
 * Usage: insmod chain_reboot.ko, then, in a VM with a serial console,
 * shutdown -r. rmmod chain_reboot if you think better of it.
 *
 * Notes:
 * - reboot_notifier_list is a blocking chain (kernel/reboot.c), called in the
 *   task that asked for it, before the devices are shut down. A callback may
 *   sleep, and what it returns is not looked at: nobody can refuse.
 * - It is not called after a panic: panic_notifier_list is for that.
 * - A driver takes the shutdown function of its device instead. The chain is
 *   for those who have no device.
 *
 * Experiments to try (in a VM):
 * - Return NOTIFY_BAD from the first one. Is the second one called?
 */

#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/init.h>
#include <linux/module.h>
#include <linux/notifier.h>
#include <linux/printk.h>
#include <linux/reboot.h>

/* Never run: not that anybody could tell, for the guest that runs it ends with it. */
static const char *event_name(unsigned long event)
{
	switch (event) {
	case SYS_RESTART: return "restart";
	case SYS_HALT: return "halt";
	case SYS_POWER_OFF: return "power off";
	}
	return "another event";
}

/* As loud as can be: "quiet" consoles print nothing less, and there is no later. */
static int on_first(struct notifier_block *nb, unsigned long event, void *data)
{
	pr_emerg("first: %s\n", event_name(event));
	return NOTIFY_OK;
}

static int on_second(struct notifier_block *nb, unsigned long event, void *data)
{
	pr_emerg("second: %s\n", event_name(event));
	return NOTIFY_OK;
}

static struct notifier_block first = { .notifier_call = on_first, .priority = 2 };
static struct notifier_block second = { .notifier_call = on_second, .priority = 1 };

static int __init chain_reboot_init(void)
{
	int err;

	err = register_reboot_notifier(&second);
	if (err)
		return err;
	err = register_reboot_notifier(&first);
	if (err) {
		unregister_reboot_notifier(&second);
		return err;
	}
	pr_info("two blocks wait for the end\n");
	return 0;
}

static void __exit chain_reboot_exit(void)
{
	int first_left = unregister_reboot_notifier(&first);
	int second_left = unregister_reboot_notifier(&second);

	pr_info("left before the end: %d, %d\n", first_left, second_left);
}

module_init(chain_reboot_init);
module_exit(chain_reboot_exit);

MODULE_AUTHOR("The kmodlab authors");
MODULE_DESCRIPTION("Lesson: the chain of the end");
MODULE_LICENSE("GPL");
