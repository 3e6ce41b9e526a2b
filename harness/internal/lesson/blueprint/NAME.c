// SPDX-License-Identifier: GPL-2.0-only
/*
 * <% .Name %> - what this lesson shows, in one line
 *
 * Purpose: say what one learns by reading and loading this module.
 *
 * Usage: insmod <% .Name %>.ko, read the log, rmmod <% .Name %>.
 *
 * Experiments to try:
 * - Change the greeting. Which step of the script fails, and with what?
 */

#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/init.h>
#include <linux/module.h>
#include <linux/printk.h>

static int __init <% .Name %>_lesson_init(void)
{
	pr_info("hello\n");
	return 0;
}

static void __exit <% .Name %>_lesson_exit(void)
{
	pr_info("goodbye\n");
}

module_init(<% .Name %>_lesson_init);
module_exit(<% .Name %>_lesson_exit);

MODULE_AUTHOR("The kmodlab authors");
MODULE_DESCRIPTION("Lesson: <% .Name %>");
MODULE_LICENSE("GPL");
