// SPDX-License-Identifier: GPL-2.0-only
/*
 * tw_nmi - a task work that a non-maskable interrupt adds
 *
 * Purpose: add a work with TWA_NMI_CURRENT from a real NMI, and show what
 * follows: the irq_work that the kernel raises, then the work itself. An NMI
 * that hits user mode returns there without looking at any work; the irq_work
 * is an ordinary interrupt right behind it, and that one does look.
 *
 * Usage: insmod tw_nmi.ko (6.12 or later, x86), read the log, rmmod tw_nmi.
 *
 * Notes, experiments to try:
 * - The module sends the NMI to its own CPU through the local APIC, and takes
 *   it with a handler of its own.
 * - What happens in the NMI is recorded, and printed later: printk() in an NMI
 *   works, but its lines arrive when they may.
 * - The interrupt of the irq_work does nothing but happen. A kprobe on its
 *   function in the kernel sees it. Kernels that have no such symbol get no
 *   probe, and the module says so.
 * - The mode is for the current task. insmod tw_nmi.ko other=1 tries it with
 *   another one: the kernel prints a warning with a stack trace, and the insert
 *   is refused with "Invalid argument".
 */

#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/err.h>
#include <linux/init.h>
#include <linux/kprobes.h>
#include <linux/module.h>
#include <linux/moduleparam.h>
#include <linux/preempt.h>
#include <linux/printk.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>
#include <linux/sched/task.h> /* for init_task */
#include <linux/task_work.h>

/* The mode came with 6.12, see taskwork_modes.mk. */
#if defined(CONFIG_X86_LOCAL_APIC) && defined(HAVE_TWA_NMI_CURRENT)

#include <asm/apic.h>
#include <asm/irq_vectors.h>
#include <asm/nmi.h>

static bool other;
module_param(other, bool, 0444);
MODULE_PARM_DESC(other, "Try a task that is not the current one (default no)");

static struct task_struct *inserter;
static bool sent;
static unsigned int step;
static unsigned int nmi_step, irq_step, work_step;
static bool irq_in_nmi, resume_set;
static int added = -EINPROGRESS;

static void work_func(struct callback_head *work)
{
	work_step = ++step;
	pr_info("step %u: work runs in the task that the NMI has hit: %s\n", work_step,
		current == inserter ? "yes" : "no");
	module_put(THIS_MODULE);
}

static struct callback_head work = { .func = work_func };

static int on_nmi(unsigned int cmd, struct pt_regs *regs)
{
	if (!READ_ONCE(sent) || current != inserter)
		return NMI_DONE;
	WRITE_ONCE(sent, false);
	nmi_step = ++step;
	added = task_work_add(current, &work, TWA_NMI_CURRENT);
	resume_set = test_thread_flag(TIF_NOTIFY_RESUME);
	return NMI_HANDLED;
}

static int on_irq_work(struct kprobe *p, struct pt_regs *regs)
{
	if (current == inserter && nmi_step && !irq_step) {
		irq_in_nmi = in_nmi();
		WRITE_ONCE(irq_step, ++step);
	}
	return 0;
}

static struct kprobe probe = {
	.symbol_name = "task_work_set_notify_irq",
	.pre_handler = on_irq_work,
};

static void __init send_nmi(void)
{
	unsigned int i;

	preempt_disable();
	WRITE_ONCE(sent, true);
	apic->send_IPI_mask(cpumask_of(smp_processor_id()), NMI_VECTOR);
	/* Both interrupts are taken here, the second one right behind the first. */
	/* Never run: they are taken before this looks. */
	for (i = 0; !READ_ONCE(irq_step) && i < 100000000; i++)
		cpu_relax();
	WRITE_ONCE(sent, false);
	preempt_enable();
}

/* Named in the stack trace that splats.toml expects. */
static noinline int __init try_other_task(void)
{
	int err = task_work_add(&init_task, &work, TWA_NMI_CURRENT);

	pr_info("work for another task refused: %pe\n", ERR_PTR(err));
	return err;
}

static int __init tw_nmi_init(void)
{
	int err;

	if (other)
		return try_other_task();
	inserter = current;
	err = register_kprobe(&probe);
	/* Never run: there are probes where the script runs. */
	if (err) {
		pr_err("no probe on %s(): %pe\n", probe.symbol_name, ERR_PTR(err));
		return err;
	}
	err = register_nmi_handler(NMI_LOCAL, on_nmi, 0, "tw_nmi");
	/* Never run: the handler has a name of its own. */
	if (err)
		goto unprobe;
	__module_get(THIS_MODULE);
	send_nmi();
	unregister_nmi_handler(NMI_LOCAL, "tw_nmi");

	/* Never run: the kernel keeps what it promises. */
	if (added) {
		pr_err("no work was added in an NMI: %pe\n", ERR_PTR(added));
		module_put(THIS_MODULE);
		err = -EIO;
		goto unprobe;
	}
	pr_info("step %u: NMI adds a work to the task it has hit, TIF_NOTIFY_RESUME is %s\n",
		nmi_step, resume_set ? "set" : "not set");
	/* No way back any more: the work is pending, so the module stays. */
	if (irq_step)
		pr_info("step %u: irq_work runs, %s\n", irq_step,
			irq_in_nmi ? "in an NMI" : "in an interrupt that is no NMI");
	else
		/* Never run: it comes. */
		pr_err("no irq_work came\n");
	pr_info("init returns\n");
	return 0;

/* Never run: nor does anything lead here. */
unprobe:
	unregister_kprobe(&probe);
	return err;
}

static void __exit tw_nmi_exit(void)
{
	unregister_kprobe(&probe);
	/* The callback may have been preempted after its module_put(). */
	synchronize_rcu_tasks();
}

#else

static int __init tw_nmi_init(void)
{
	pr_err("this kernel has no TWA_NMI_CURRENT, or no local APIC to send an NMI\n");
	return -EOPNOTSUPP;
}

static void __exit tw_nmi_exit(void)
{
}

#endif

module_init(tw_nmi_init);
module_exit(tw_nmi_exit);

MODULE_AUTHOR("The kmodlab authors");
MODULE_DESCRIPTION("Lesson: a task work added from an NMI");
MODULE_LICENSE("GPL");
