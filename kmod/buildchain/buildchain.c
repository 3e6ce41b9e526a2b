// SPDX-License-Identifier: GPL-2.0-only
/*
 * buildchain - a notifier chain for other modules
 *
 * Purpose: show the side that owns a chain. The chain itself stays private;
 * what other modules get is three exported functions and the header
 * buildchain.h.
 *
 * Usage: insmod buildchain.ko, then a module that subscribes (regchain) and
 * one that sends an event (notify).
 *
 * Notes:
 * - A raw chain has no lock of its own, see buildchain.h.
 * - Nothing counts subscribers. The module loader counts the modules that use
 *   the exported symbols, and so this module cannot go while one of them is
 *   there.
 * - The lesson's log has bare lines, hence no pr_fmt().
 */

#include <linux/export.h>
#include <linux/init.h>
#include <linux/module.h>
#include <linux/notifier.h>
#include <linux/printk.h>

#include "buildchain.h"

static RAW_NOTIFIER_HEAD(test_chain);

int register_test_notifier(struct notifier_block *nb)
{
	return raw_notifier_chain_register(&test_chain, nb);
}
EXPORT_SYMBOL_GPL(register_test_notifier);

int unregister_test_notifier(struct notifier_block *nb)
{
	return raw_notifier_chain_unregister(&test_chain, nb);
}
EXPORT_SYMBOL_GPL(unregister_test_notifier);

int test_notifier_call_chain(unsigned long event, void *data)
{
	return raw_notifier_call_chain(&test_chain, event, data);
}
EXPORT_SYMBOL_GPL(test_notifier_call_chain);

static int __init buildchain_init(void)
{
	pr_info("init_notifier\n");
	return 0;
}

static void __exit buildchain_exit(void)
{
	pr_info("exit_notifier\n");
}

module_init(buildchain_init);
module_exit(buildchain_exit);

MODULE_AUTHOR("The kmodlab authors");
MODULE_DESCRIPTION("Lesson: a notifier chain for other modules");
MODULE_LICENSE("GPL");
