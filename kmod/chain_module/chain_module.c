// SPDX-License-Identifier: GPL-2.0-only
/*
 * chain_module - the chain of modules that come and go
 *
 * Purpose: show what the kernel tells when a module is inserted and removed.
 *
 * Usage: insmod chain_module.ko, then insert and remove another lesson. With
 * veto=NAME the module of that name is refused.
 *
 * Notes:
 * - module_notify_list is a blocking chain (kernel/module/main.c). Tracing,
 *   live patching and the debuggers' helpers are on it.
 * - COMING is called by a robust call: who refuses it makes the insert fail,
 *   and those before it are told GOING. A module whose init fails goes through
 *   COMING and GOING and is never LIVE.
 * - A module that joins in its init function sees the rest of its own loading.
 *
 * Experiments to try:
 * - Give the block priority INT_MIN, and let another lesson's veto be earlier.
 */

#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/init.h>
#include <linux/module.h>
#include <linux/moduleparam.h>
#include <linux/notifier.h>
#include <linux/printk.h>
#include <linux/string.h>

static char *veto = "";
module_param(veto, charp, 0444);
MODULE_PARM_DESC(veto, "Name of a module to refuse (default none)");

static const char *state_name(unsigned long state)
{
	switch (state) {
	case MODULE_STATE_COMING: return "coming";
	case MODULE_STATE_LIVE: return "live";
	case MODULE_STATE_GOING: return "going";
	}
	return "another state";
}

static int chain_module_event(struct notifier_block *nb, unsigned long state, void *data)
{
	const struct module *mod = data;

	pr_info("%s: %s\n", mod->name, state_name(state));
	if (state == MODULE_STATE_COMING && !strcmp(mod->name, veto)) {
		pr_info("%s: refused\n", mod->name);
		return notifier_from_errno(-EPERM);
	}
	return NOTIFY_OK;
}

static struct notifier_block chain_module_block = { .notifier_call = chain_module_event };

static int __init chain_module_init(void)
{
	return register_module_notifier(&chain_module_block);
}

static void __exit chain_module_exit(void)
{
	unregister_module_notifier(&chain_module_block);
}

module_init(chain_module_init);
module_exit(chain_module_exit);

MODULE_AUTHOR("The kmodlab authors");
MODULE_DESCRIPTION("Lesson: the chain of modules that come and go");
MODULE_LICENSE("GPL");
