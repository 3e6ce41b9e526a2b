// SPDX-License-Identifier: GPL-2.0-only
/*
 * vmt - does to a VM whatever a VM must survive
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt
#include <linux/kernel.h>
#include <linux/module.h>
#include <linux/sched.h>
#include <linux/string.h>

static char *mode = "ok";
module_param(mode, charp, 0444);
MODULE_PARM_DESC(mode, "what the module does when it is inserted");

static int lines;
module_param(lines, int, 0444);
MODULE_PARM_DESC(lines, "how many lines it prints before that");

static int vmt_misbehave(void)
{
	if (!strcmp(mode, "refuse"))
		return -EBUSY;
	if (!strcmp(mode, "warn"))
		WARN(1, "as ordered\n");
	if (!strcmp(mode, "bug"))
		BUG();
	if (!strcmp(mode, "panic"))
		panic("as ordered");
	if (!strcmp(mode, "hang"))
		for (;;)
			cpu_relax();
	if (!strcmp(mode, "sleep"))
		pr_info("slept undisturbed: %d\n", schedule_timeout_interruptible(HZ / 2) == 0);
	return 0;
}

static int __init vmt_init(void)
{
	int i;

	pr_info("%s by %s\n", mode, current->comm);
	for (i = 0; i < lines; i++)
		pr_info("line %d\n", i);
	return vmt_misbehave();
}

static void __exit vmt_exit(void)
{
	pr_info("bye from %s\n", current->comm);
}

module_init(vmt_init);
module_exit(vmt_exit);

MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("does to a VM whatever a VM must survive");
