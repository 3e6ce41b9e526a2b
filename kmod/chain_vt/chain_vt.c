// SPDX-License-Identifier: GPL-2.0-only
/*
 * chain_vt - the chain of virtual terminals
 *
 * Purpose: show what a virtual terminal tells: that it is made, that a
 * character is written, that its screen was updated. Programs for the blind
 * read the screen this way.
 *
 * Usage: insmod chain_vt.ko, then echo hi > /dev/tty9
 *
 * Notes:
 * - vt_notifier_list is an atomic chain (drivers/tty/vt/vt.c), called with the
 *   console locked.
 * - PREWRITE may be answered with NOTIFY_STOP: the character is not written.
 *
 * Experiments to try:
 * - Swallow every "i".
 */

#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/ctype.h>
#include <linux/init.h>
#include <linux/module.h>
#include <linux/notifier.h>
#include <linux/printk.h>
#include <linux/tty.h>
#include <linux/vt.h>
#include <linux/vt_kern.h>
#include <linux/console_struct.h> /* needs the two before it */

/* The terminal that the lesson is about: /dev/tty9, which nobody else uses. */
#define LAB_VT 9

static const char *event_name(unsigned long event)
{
	switch (event) {
	case VT_ALLOCATE: return "allocated";
	case VT_DEALLOCATE: return "deallocated";
	case VT_WRITE: return "wrote";
	case VT_UPDATE: return "updated";
	case VT_PREWRITE: return "about to write";
	}
	return "another event";
}

static int chain_vt_event(struct notifier_block *nb, unsigned long event, void *data)
{
	const struct vt_notifier_param *p = data;

	if (p->vc->vc_num != LAB_VT - 1)
		return NOTIFY_DONE;
	if (event != VT_WRITE && event != VT_PREWRITE)
		pr_info("tty%u: %s\n", LAB_VT, event_name(event));
	else if (p->c < 0x80 && isgraph(p->c))
		pr_info("tty%u: %s '%c'\n", LAB_VT, event_name(event), p->c);
	else
		pr_info("tty%u: %s %#x\n", LAB_VT, event_name(event), p->c);
	return NOTIFY_OK;
}

static struct notifier_block chain_vt_block = { .notifier_call = chain_vt_event };

static int __init chain_vt_init(void)
{
	return register_vt_notifier(&chain_vt_block);
}

static void __exit chain_vt_exit(void)
{
	unregister_vt_notifier(&chain_vt_block);
}

module_init(chain_vt_init);
module_exit(chain_vt_exit);

MODULE_AUTHOR("The kmodlab authors");
MODULE_DESCRIPTION("Lesson: the chain of virtual terminals");
MODULE_LICENSE("GPL");
