// SPDX-License-Identifier: GPL-2.0-only
/*
 * chain_die - the chain of exceptions
 *
 * Purpose: show the chain that the kernel asks before it declares itself
 * broken. The module executes a breakpoint instruction in the kernel. Its
 * subscriber recognises the address and says NOTIFY_STOP: the exception is
 * dealt with, and the code goes on behind the instruction.
 *
 * Usage: insmod chain_die.ko, read the log, rmmod chain_die.
 *
 * Notes:
 * - die_chain is an atomic chain (kernel/notifier.c), called in the context of
 *   the exception: here nearly that of an NMI. So the callback only counts, and
 *   what it saw is printed afterwards.
 * - Without a subscriber that stops the walk, "int3" would be an Oops.
 * - Debuggers and kprobes work like this. x86 only, for the instruction.
 *
 * Experiments to try (in a VM):
 * - Return NOTIFY_DONE instead of NOTIFY_STOP.
 */

#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/init.h>
#include <linux/kdebug.h>
#include <linux/module.h>
#include <linux/notifier.h>
#include <linux/printk.h>
#include <linux/ptrace.h>

#ifdef CONFIG_X86

static unsigned long breakpoint;	/* address behind the instruction */
static unsigned int ours;		/* breakpoints that were ours */

static int chain_die_event(struct notifier_block *nb, unsigned long event, void *data)
{
	const struct die_args *args = data;

	if (event != DIE_INT3 || user_mode(args->regs) ||
	    instruction_pointer(args->regs) != READ_ONCE(breakpoint))
		return NOTIFY_DONE;
	ours++;
	return NOTIFY_STOP;
}

static struct notifier_block chain_die_block = { .notifier_call = chain_die_event };

static noinline void __init hit_breakpoint(void)
{
	asm volatile("leaq 1f(%%rip), %%rax\n\t"
		     "movq %%rax, %0\n\t"
		     "int3\n"
		     "1:"
		     : "=m" (breakpoint) : : "rax", "memory");
}

static int __init chain_die_init(void)
{
	int err;

	err = register_die_notifier(&chain_die_block);
	if (err)
		return err;
	pr_info("before the breakpoint\n");
	hit_breakpoint();
	pr_info("behind the breakpoint: %u was seen and dealt with\n", ours);
	return 0;
}

static void __exit chain_die_exit(void)
{
	unregister_die_notifier(&chain_die_block);
}

#else /* architectures other than x86 */

static int __init chain_die_init(void)
{
	pr_err("the breakpoint of this lesson is an x86 instruction\n");
	return -EOPNOTSUPP;
}

static void __exit chain_die_exit(void)
{
}

#endif

module_init(chain_die_init);
module_exit(chain_die_exit);

MODULE_AUTHOR("The kmodlab authors");
MODULE_DESCRIPTION("Lesson: the chain of exceptions");
MODULE_LICENSE("GPL");
