// SPDX-License-Identifier: GPL-2.0-only
/*
 * taskwork_demo - what runs between the end of a system call and user mode
 *
 * Purpose: show when and in which order the kernel runs task works and
 * user-return notifiers. The init function hands one notifier and three works
 * to the task that inserts the module. None of them runs before the system
 * call is over, and all have run before insmod is back in user mode.
 *
 * Usage: insmod taskwork_demo.ko, read the log, rmmod taskwork_demo.
 *
 * Notes, experiments to try:
 * - insmod taskwork_demo.ko fail_at=1 treats the first task_work_add() as
 *   failed: the insert is refused, the notifier is undone. fail_at=3 is
 *   different: two works are queued by then. A module cannot take a work back,
 *   as task_work_cancel() is not exported, and must not be freed while one is
 *   pending. So the insert succeeds, with the works it has.
 * - A task work belongs to a task, a user-return notifier to a CPU: it is
 *   called for whichever task returns to user mode there. Only the return of
 *   the inserting task is reported. The others are counted without a word:
 *     cat /sys/module/taskwork_demo/parameters/others
 * - With several CPUs the scheduler may move insmod away from the CPU that the
 *   notifier was registered on, and the notifier reports nothing: "taskset -c
 *   0 insmod taskwork_demo.ko" keeps it in place.
 */

#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/cpu.h>
#include <linux/err.h>
#include <linux/init.h>
#include <linux/irqflags.h>
#include <linux/kernel.h> /* for ARRAY_SIZE() and container_of() */
#include <linux/list.h>
#include <linux/module.h>
#include <linux/moduleparam.h>
#include <linux/pid.h>
#include <linux/printk.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>
#include <linux/smp.h>
#include <linux/task_work.h>
#include <linux/user-return-notifier.h>

static unsigned int fail_at;
module_param(fail_at, uint, 0444);
MODULE_PARM_DESC(fail_at, "Number of the task_work_add() to treat as failed (default 0: none)");

static unsigned int others;
module_param(others, uint, 0444);
MODULE_PARM_DESC(others, "Returns of other tasks that the notifier has seen (to be read)");

/*
 * The task that inserts the module. A task_struct may serve another task once
 * this one is gone; the pid that is held here does not.
 */
static struct pid *inserter;

static bool in_inserter(void)
{
	return task_pid(current) == inserter;
}

static const char *context(void)
{
	if (!in_inserter())
		return "in another task";
	if (irqs_disabled())
		return "in the inserting task, interrupts off";
	return "in the inserting task, interrupts on";
}

#ifdef CONFIG_USER_RETURN_NOTIFIER

static void on_user_return(struct user_return_notifier *urn);

static struct user_return_notifier notifier = { .on_user_return = on_user_return };
static int notifier_cpu;
/* Used on notifier_cpu only, with preemption or interrupts off. */
static bool notifier_armed;

static void on_user_return(struct user_return_notifier *urn)
{
	if (!in_inserter()) {
		/* Never run: unless another task gets in between. */
		others++;
		return;
	}
	user_return_notifier_unregister(urn);
	notifier_armed = false;
	pr_info("user-return notifier called %s\n", context());
}

static int __init arm_notifier(void)
{
	/* The list is the CPU's: the task must not move while it is added to. */
	notifier_cpu = get_cpu();
	user_return_notifier_register(&notifier);
	notifier_armed = true;
	put_cpu();
	return 0;
}

static void disarm_here(void *was_armed)
{
	*(bool *)was_armed = notifier_armed;
	if (notifier_armed)
		user_return_notifier_unregister(&notifier);
	notifier_armed = false;
}

/*
 * Unregisters the notifier on its own CPU, if it has not done so itself, and
 * tells whether it was still registered. That CPU calls notifiers with
 * interrupts off: once it has taken this one, no call is under way any more.
 */
static bool disarm_notifier(void)
{
	bool was_armed = false;

	cpus_read_lock();
	if (smp_call_function_single(notifier_cpu, disarm_here, &was_armed, 1)) {
		/*
		 * The CPU is offline. Nobody walks its list until it is back.
		 * Never run: no script switches off the CPU that inserts.
		 */
		was_armed = notifier_armed;
		if (notifier_armed)
			hlist_del(&notifier.link);
		notifier_armed = false;
	}
	cpus_read_unlock();
	return was_armed;
}

#else /* architectures other than x86 */

static int __init arm_notifier(void)
{
	pr_err("this kernel has no user-return notifiers (CONFIG_USER_RETURN_NOTIFIER)\n");
	return -EOPNOTSUPP;
}

static bool disarm_notifier(void)
{
	return false;
}

#endif

/* A callback is handed its callback_head only; what else it needs stands around it. */
struct demo_work {
	struct callback_head head;
	unsigned int number;
};

/* No __initdata: they are run after the init function has been freed. */
static struct demo_work works[] = {
	{ .number = 1 },
	{ .number = 2 },
	{ .number = 3 },
};

static void demo_work_func(struct callback_head *head)
{
	const struct demo_work *w = container_of(head, struct demo_work, head);

	pr_info("work %u runs %s\n", w->number, context());
	module_put(THIS_MODULE);
}

static int __init queue_work_on_current(struct demo_work *w)
{
	int err;

	if (w->number == fail_at)
		return -ESRCH;

	init_task_work(&w->head, demo_work_func);
	/* A pending work keeps the module: rmmod is refused until it has run. */
	__module_get(THIS_MODULE);
	err = task_work_add(current, &w->head, TWA_RESUME);
	if (err)
		module_put(THIS_MODULE);
	return err;
}

static int __init taskwork_demo_init(void)
{
	unsigned int i;
	int err;

	if (fail_at > ARRAY_SIZE(works)) {
		pr_err("fail_at=%u is out of range (0 to %zu)\n", fail_at, ARRAY_SIZE(works));
		return -EINVAL;
	}
	inserter = get_pid(task_pid(current));
	err = arm_notifier();
	if (err)
		goto put_inserter;
	pr_info("user-return notifier registered\n");

	for (i = 0; i < ARRAY_SIZE(works); i++) {
		err = queue_work_on_current(&works[i]);
		if (err) {
			pr_err("work %u not queued: %pe\n", works[i].number, ERR_PTR(err));
			break;
		}
		pr_info("work %u queued\n", works[i].number);
	}
	/* With the first work queued there is no way back, see fail_at above. */
	if (err && i == 0)
		goto disarm;

	pr_info("init returns\n");
	return 0;

disarm:
	disarm_notifier();
	pr_info("user-return notifier unregistered\n");
put_inserter:
	put_pid(inserter);
	return err;
}

static void __exit taskwork_demo_exit(void)
{
	/* Never run: insmod returns to user mode before anybody can remove the module. */
	if (disarm_notifier())
		pr_info("user-return notifier unregistered, the inserting task never met it\n");

	/*
	 * A work has put its reference to the module and may still be on its
	 * way out of demo_work_func(), preempted there. Wait until every task
	 * has left the code it was preempted in.
	 */
	synchronize_rcu_tasks();
	put_pid(inserter);
	pr_info("exit\n");
}

module_init(taskwork_demo_init);
module_exit(taskwork_demo_exit);

MODULE_AUTHOR("The kmodlab authors");
MODULE_DESCRIPTION("Lesson: task works and user-return notifiers");
MODULE_LICENSE("GPL");
