// SPDX-License-Identifier: GPL-2.0-only
/*
 * tw_readd - a work that adds the next one
 *
 * Purpose: show that a task work may add another work to its own task, and
 * that the kernel runs it before it leaves task_work_run(). The works that are
 * added from a callback notify nobody (TWA_NONE): if task_work_run() did not
 * look again by itself, they would stay where they are.
 *
 * Usage: insmod tw_readd.ko, read the log, rmmod tw_readd.
 *
 * Notes, experiments to try:
 * - "call 1" in the log is not a guess: a kprobe counts how often the
 *   inserting task enters task_work_run(). Unregister it and the number stays 0.
 * - insmod tw_readd.ko depth=9 makes the chain longer. A work that always adds
 *   itself again never ends, and its task never gets back to user mode.
 * - A work is off the list when its callback is called, so it may add itself:
 *   that is what this module does, there is one chained work only.
 */

#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/err.h>
#include <linux/init.h>
#include <linux/kprobes.h>
#include <linux/module.h>
#include <linux/moduleparam.h>
#include <linux/printk.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>
#include <linux/task_work.h>

#define MAX_DEPTH 9

static unsigned int depth = 3;
module_param(depth, uint, 0444);
MODULE_PARM_DESC(depth, "How often the chained work runs, 1 to 9 (default 3)");

/* Only compared, never followed: it may be gone. */
static const struct task_struct *inserter;
static unsigned int calls;
static unsigned int run;

static int count_call(struct kprobe *p, struct pt_regs *regs)
{
	if (current == inserter)
		calls++;
	return 0;
}

static struct kprobe probe = {
	.symbol_name = "task_work_run",
	.pre_handler = count_call,
};

static void chained_func(struct callback_head *work)
{
	pr_info("call %u of task_work_run(): chained work runs, %u of %u\n", calls, ++run, depth);
	/* The reference to the module is handed on to the next run. */
	if (run == depth || task_work_add(current, work, TWA_NONE))
		module_put(THIS_MODULE);
}

static void older_func(struct callback_head *work)
{
	pr_info("call %u of task_work_run(): older work runs\n", calls);
	module_put(THIS_MODULE);
}

static struct callback_head chained = { .func = chained_func };
static struct callback_head older = { .func = older_func };

static int __init add_to_current(struct callback_head *work, const char *name)
{
	int err;

	/* A pending work keeps the module: rmmod is refused until it has run. */
	__module_get(THIS_MODULE);
	err = task_work_add(current, work, TWA_RESUME);
	if (err) {
		module_put(THIS_MODULE);
		pr_err("%s work not added: %pe\n", name, ERR_PTR(err));
		return err;
	}
	pr_info("%s work added\n", name);
	return 0;
}

static int __init tw_readd_init(void)
{
	int err;

	if (depth < 1 || depth > MAX_DEPTH) {
		pr_err("depth=%u is out of range (1 to %u)\n", depth, MAX_DEPTH);
		return -EINVAL;
	}

	inserter = current;
	err = register_kprobe(&probe);
	if (err) {
		/* Never run: there are probes where the script runs. */
		pr_err("no probe on task_work_run(): %pe\n", ERR_PTR(err));
		return err;
	}
	err = add_to_current(&older, "older");
	if (err)
		goto unprobe;
	/* From here on a work is pending, and the module has to stay. */
	add_to_current(&chained, "chained");
	pr_info("init returns\n");
	return 0;

unprobe:
	unregister_kprobe(&probe);
	return err;
}

static void __exit tw_readd_exit(void)
{
	unregister_kprobe(&probe);
	/* The last callback may have been preempted after its module_put(). */
	synchronize_rcu_tasks();
}

module_init(tw_readd_init);
module_exit(tw_readd_exit);

MODULE_AUTHOR("The kmodlab authors");
MODULE_DESCRIPTION("Lesson: a task work that adds another one");
MODULE_LICENSE("GPL");
