// SPDX-License-Identifier: GPL-2.0-only
/*
 * refuse - a function of the kernel fails for those who insert modules
 *
 * Purpose: run the lines of another module that are there for a kernel without
 * memory, which no kernel ever is when one looks.
 *
 * Usage: insmod refuse.ko function=NAME, then insert the module that calls it.
 * With after=N, N calls succeed before the others fail; with error=N they fail
 * with another error than -ENOMEM.
 *
 * Notes:
 * - A kprobe's handler that changes where execution goes on, and returns 1, has
 *   the probed function skipped (Documentation/trace/kprobes.rst, "Changing
 *   Execution Path"). It goes on in refused() here, whose return is the one of
 *   the function: the caller cannot tell.
 * - The first argument is not looked at, so this is for functions that own
 *   nothing of what they are given until they succeed.
 * - Only the task that is called insmod is refused. The kernel itself makes
 *   threads while it works, and would miss them.
 *
 * Experiments to try:
 * - Refuse what another lesson undoes in reverse, with after=0, 1, 2 ...
 */

#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/err.h>
#include <linux/errno.h>
#include <linux/init.h>
#include <linux/kprobes.h>
#include <linux/module.h>
#include <linux/moduleparam.h>
#include <linux/printk.h>
#include <linux/ptrace.h>
#include <linux/sched.h>
#include <linux/string.h>

static char *function = "";
module_param(function, charp, 0444);
MODULE_PARM_DESC(function, "Name of the function that fails");

static unsigned int after;
module_param(after, uint, 0444);
MODULE_PARM_DESC(after, "How many calls succeed before (default 0)");

static unsigned int error = ENOMEM;
module_param(error, uint, 0444);
MODULE_PARM_DESC(error, "Number of the error that it fails with (default 12, ENOMEM)");

static unsigned int calls;
static bool came;

/* Returns in place of the function. What returns a pointer returns an ERR_PTR(). */
static noinline long refused(void)
{
	return -(long)error;
}

NOKPROBE_SYMBOL(refused);

static int on_call(struct kprobe *p, struct pt_regs *regs)
{
	if (strcmp(current->comm, "insmod") || calls++ < after)
		return 0;
	came = true;
	instruction_pointer_set(regs, (unsigned long)refused);
	return 1;
}

NOKPROBE_SYMBOL(on_call);

static struct kprobe probe = { .pre_handler = on_call };

static int __init refuse_init(void)
{
	int err;

	probe.symbol_name = function;
	err = register_kprobe(&probe);
	if (err)
		pr_err("cannot refuse %s(): %pe\n", function, ERR_PTR(err));
	return err;
}

static void __exit refuse_exit(void)
{
	unregister_kprobe(&probe);
	pr_info("%s() %s refused\n", function, came ? "was" : "was never");
}

module_init(refuse_init);
module_exit(refuse_exit);

MODULE_AUTHOR("The kmodlab authors");
MODULE_DESCRIPTION("Lesson: the lines for a kernel that refuses");
MODULE_LICENSE("GPL");
