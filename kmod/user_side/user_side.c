// SPDX-License-Identifier: GPL-2.0-only
/*
 * user_side - user space and a notifier chain
 *
 * Purpose: show why a program cannot subscribe to a chain, and how it hears of
 * events all the same. A subscriber is a function that the kernel jumps to,
 * with the kernel's rights, on the caller's stack. The module shows that its
 * callback is such a one, and refuses the address of a program. Its subscriber
 * then hands the events on: to a file, which a program may read.
 *
 * Usage: insmod user_side.ko, then
 *   echo -n 5 > /sys/module/user_side/parameters/event
 *   cat /sys/module/user_side/parameters/heard
 *   insmod user_side.ko address=0x400000    is refused
 *
 * Notes:
 * - The kernel's register functions check nothing of the kind: they trust the
 *   module. On a processor with SMEP the call of a program's address would be
 *   an Oops, on others a hole.
 * - The kernel does it in the same way: rtnetlink is a subscriber of the chain
 *   of network devices, and sends what it hears to the netlink sockets of
 *   programs (net/core/rtnetlink.c).
 */

#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/errno.h>
#include <linux/init.h>
#include <linux/kernel.h>
#include <linux/module.h>
#include <linux/moduleparam.h>
#include <linux/notifier.h>
#include <linux/printk.h>
#include <linux/sched.h>
#include <linux/uaccess.h>

static BLOCKING_NOTIFIER_HEAD(user_side_chain);

static unsigned long address;
module_param(address, ulong, 0444);
MODULE_PARM_DESC(address, "Address of a callback to register instead of our own (default 0: our own)");

static unsigned long heard;
module_param(heard, ulong, 0444);
MODULE_PARM_DESC(heard, "The last event (to be read)");

static int event_set(const char *text, const struct kernel_param *kp)
{
	unsigned long event;
	int err = kstrtoul(text, 0, &event);

	if (err)
		return err;
	return notifier_to_errno(blocking_notifier_call_chain(&user_side_chain, event, NULL));
}

static const struct kernel_param_ops event_ops = { .set = event_set };
module_param_cb(event, &event_ops, NULL, 0200);
MODULE_PARM_DESC(event, "Number of an event to send");

static int user_side_event(struct notifier_block *nb, unsigned long event, void *data)
{
	pr_info("event %lu, in a task of user space: %s\n", event, current->mm ? "yes" : "no");
	WRITE_ONCE(heard, event);
	return NOTIFY_OK;
}

static struct notifier_block user_side_block = { .notifier_call = user_side_event };

/* Could a program have mapped something there? */
static bool is_user_address(unsigned long addr)
{
	return addr < TASK_SIZE_MAX;
}

static int __init user_side_init(void)
{
	if (address && is_user_address(address)) {
		pr_err("%#lx is an address of user space: no function of the kernel\n", address);
		return -EINVAL;
	}
	if (address) {
		pr_err("only addresses of user space are tried, to be refused\n");
		return -EINVAL;
	}
	pr_info("the callback is at an address of user space: %s\n",
		is_user_address((unsigned long)user_side_event) ? "yes" : "no");
	return blocking_notifier_chain_register(&user_side_chain, &user_side_block);
}

static void __exit user_side_exit(void)
{
	blocking_notifier_chain_unregister(&user_side_chain, &user_side_block);
}

module_init(user_side_init);
module_exit(user_side_exit);

MODULE_AUTHOR("The kmodlab authors");
MODULE_DESCRIPTION("Lesson: user space and a notifier chain");
MODULE_LICENSE("GPL");
