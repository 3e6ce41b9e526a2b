// SPDX-License-Identifier: GPL-2.0-only
/*
 * init_value - what becomes of a chain's answer that init returns
 *
 * Purpose: show what the module loader makes of an init function's return
 * value, and why a chain's answer has to be translated first. The init
 * function calls a chain of its own, whose one subscriber answers what the
 * parameter says, and returns what it got.
 *
 * Usage:
 *   insmod init_value.ko answer=0              fine
 *   insmod init_value.ko answer=1              NOTIFY_OK: inserted, with a complaint
 *   insmod init_value.ko answer=32770          NOTIFY_BAD: inserted, with a complaint!
 *   insmod init_value.ko answer=32770 translate=1   refused with EPERM
 *   insmod init_value.ko answer=-19            refused with ENODEV
 *
 * Notes:
 * - do_init_module() in the kernel takes a *negative* value for a failure and
 *   nothing else. All NOTIFY_ values are positive: a refusal of the chain goes
 *   unnoticed but for a line in the log.
 *
 * Experiments to try:
 * - What is answer=-17 to insmod? Compare 5.10 with 7.3.
 */

#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/err.h>
#include <linux/init.h>
#include <linux/module.h>
#include <linux/moduleparam.h>
#include <linux/notifier.h>
#include <linux/printk.h>

static int answer;
module_param(answer, int, 0444);
MODULE_PARM_DESC(answer, "What the subscriber answers, -4095 to 65535 (default 0)");

static bool translate;
module_param(translate, bool, 0444);
MODULE_PARM_DESC(translate, "Return notifier_to_errno() of it, as one should (default no)");

static RAW_NOTIFIER_HEAD(init_value_chain);

static int init_value_event(struct notifier_block *nb, unsigned long event, void *data)
{
	return answer;
}

static struct notifier_block init_value_block = { .notifier_call = init_value_event };

static int __init init_value_init(void)
{
	int got;

	if (answer < -MAX_ERRNO || answer > 0xffff) {
		pr_err("answer %d is out of range (%d to %d)\n", answer, -MAX_ERRNO, 0xffff);
		return -EINVAL;
	}
	got = raw_notifier_chain_register(&init_value_chain, &init_value_block);
	if (got)
		return got;
	got = raw_notifier_call_chain(&init_value_chain, 0, NULL);
	raw_notifier_chain_unregister(&init_value_chain, &init_value_block);
	if (translate)
		got = notifier_to_errno(got);
	pr_info("init returns %d\n", got);
	return got;
}

static void __exit init_value_exit(void)
{
	pr_info("exit\n");
}

module_init(init_value_init);
module_exit(init_value_exit);

MODULE_AUTHOR("The kmodlab authors");
MODULE_DESCRIPTION("Lesson: what becomes of a chain's answer that init returns");
MODULE_LICENSE("GPL");
