// SPDX-License-Identifier: GPL-2.0-only
/*
 * urn_flag - TIF_USER_RETURN_NOTIFY goes with the CPU, not with the task
 *
 * Purpose: show how a list that belongs to a CPU is called by tasks. A task
 * that returns to user mode looks at its own flags, TIF_USER_RETURN_NOTIFY
 * among them. Registering sets it for the current task, and each switch to
 * another task on that CPU hands it over, so that whoever runs there has it.
 *
 * Usage: insmod urn_flag.ko, read the log, rmmod urn_flag.
 *
 * Notes, experiments to try:
 * - The other task is a kernel thread that is bound to the same CPU. It never
 *   returns to user mode, and is handed the flag all the same: the next task
 *   gets it from there.
 * - The module keeps itself on one CPU while the notifier is registered.
 * - The notifier is called for other tasks that return on this CPU meanwhile;
 *   its callback does nothing.
 */

#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/completion.h>
#include <linux/cpumask.h>
#include <linux/err.h>
#include <linux/init.h>
#include <linux/kthread.h>
#include <linux/module.h>
#include <linux/printk.h>
#include <linux/sched.h>
#include <linux/smp.h>

#include "user_return.h"

/* Never run: unless the CPU gets to user mode while the notifier is on it. */
static void on_return(struct user_return_notifier *urn)
{
}

static struct lab_notifier notifier = { .urn.on_user_return = on_return };
static struct task_struct *inserter;
static DECLARE_COMPLETION(thread_done);
static bool thread_has, inserter_has;

static const char *is_set(bool set)
{
	return set ? "set" : "clear";
}

static int thread_func(void *unused)
{
	thread_has = test_thread_flag(TIF_USER_RETURN_NOTIFY);
	inserter_has = test_tsk_thread_flag(inserter, TIF_USER_RETURN_NOTIFY);
	complete(&thread_done);
	/*
	 * complete() may have us preempted by the inserting task, here in the
	 * module's code. kthread_stop() waits until we are out of it.
	 */
	while (!kthread_should_stop())
		schedule_timeout_interruptible(1);
	return 0;
}

static void __init say(const char *when)
{
	pr_info("%s: %s for the inserting task\n", when,
		is_set(test_thread_flag(TIF_USER_RETURN_NOTIFY)));
}

/* On one CPU from here on, the notifier's. */
static int __init follow_the_flag(void)
{
	struct task_struct *thread;
	int err;

	notifier.cpu = raw_smp_processor_id();
	thread = kthread_create(thread_func, NULL, "urn_flag");
	if (IS_ERR(thread))
		return PTR_ERR(thread);
	kthread_bind(thread, notifier.cpu);

	say("before");
	err = arm(&notifier);
	if (err) {
		kthread_stop(thread);
		return err;
	}
	say("registered");
	wake_up_process(thread);
	wait_for_completion(&thread_done);
	pr_info("in a thread on that CPU: %s for the thread, %s for the inserting task\n",
		is_set(thread_has), is_set(inserter_has));
	say("back");
	kthread_stop(thread);
	disarm(&notifier);
	say("unregistered");
	return 0;
}

static int __init urn_flag_init(void)
{
	cpumask_var_t allowed;
	int err;

	if (!alloc_cpumask_var(&allowed, GFP_KERNEL))
		return -ENOMEM;
	inserter = current;
	cpumask_copy(allowed, current->cpus_ptr);
	err = set_cpus_allowed_ptr(current, cpumask_of(raw_smp_processor_id()));
	if (!err) {
		err = follow_the_flag();
		set_cpus_allowed_ptr(current, allowed);
	}
	free_cpumask_var(allowed);
	if (err)
		pr_err("nothing shown: %pe\n", ERR_PTR(err));
	return err;
}

static void __exit urn_flag_exit(void)
{
	/* Nothing is left: the notifier is gone when init returns. */
}

module_init(urn_flag_init);
module_exit(urn_flag_exit);

MODULE_AUTHOR("The kmodlab authors");
MODULE_DESCRIPTION("Lesson: how TIF_USER_RETURN_NOTIFY moves from task to task");
MODULE_LICENSE("GPL");
