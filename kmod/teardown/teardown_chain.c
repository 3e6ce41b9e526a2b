// SPDX-License-Identifier: GPL-2.0-only
/*
 * teardown_chain - a chain that outlives its subscribers
 *
 * Purpose: be called when a subscriber's module has gone. Whoever writes to the
 * parameter has the chain called, in a thread of its own: should the thread not
 * come back from there, its caller is still there to tell.
 *
 * Usage: insmod teardown_chain.ko, insmod teardown_guest.ko, then
 *   echo -n 1 > /sys/module/teardown_chain/parameters/call
 *
 * Notes:
 * - A raw chain, and the lock is held by who waits for the thread: a thread that
 *   is killed in a callback leaves none behind that the next one would wait for.
 */

#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/delay.h>
#include <linux/err.h>
#include <linux/export.h>
#include <linux/init.h>
#include <linux/kthread.h>
#include <linux/module.h>
#include <linux/moduleparam.h>
#include <linux/mutex.h>
#include <linux/printk.h>
#include <linux/sched.h>
#include <linux/sched/task.h>

#include "teardown_chain.h"

static RAW_NOTIFIER_HEAD(teardown_chain);
static DEFINE_MUTEX(chain_lock);	/* of the chain, and of a call */
static bool came_back;			/* the thread, from the call */

int teardown_chain_join(struct notifier_block *nb)
{
	int err;

	mutex_lock(&chain_lock);
	err = raw_notifier_chain_register(&teardown_chain, nb);
	mutex_unlock(&chain_lock);
	return err;
}
EXPORT_SYMBOL_GPL(teardown_chain_join);

int teardown_chain_leave(struct notifier_block *nb)
{
	int err;

	mutex_lock(&chain_lock);
	err = raw_notifier_chain_unregister(&teardown_chain, nb);
	mutex_unlock(&chain_lock);
	return err;
}
EXPORT_SYMBOL_GPL(teardown_chain_leave);

/* Right before the thread's function: the call trace, a guess, has both. */
static noinline void call_chain(void)
{
	raw_notifier_call_chain(&teardown_chain, 0, NULL);
	WRITE_ONCE(came_back, true);
}

static int run_thread(void *unused)
{
	call_chain();
	return 0;
}

static int call_in_thread(void)
{
	struct task_struct *thread;

	WRITE_ONCE(came_back, false);
	thread = kthread_create(run_thread, NULL, "%s", KBUILD_MODNAME);
	if (IS_ERR(thread))
		return PTR_ERR(thread);
	get_task_struct(thread);
	wake_up_process(thread);
	/* It exits in any case: by itself, or because the kernel kills it. */
	while (!READ_ONCE(thread->exit_state))
		usleep_range(1000, 2000);
	put_task_struct(thread);
	pr_info("the caller %s\n", READ_ONCE(came_back) ? "came back" : "was killed in the call");
	return 0;
}

static int call_set(const char *text, const struct kernel_param *kp)
{
	int err;

	mutex_lock(&chain_lock);
	err = call_in_thread();
	mutex_unlock(&chain_lock);
	return err;
}

static const struct kernel_param_ops call_ops = { .set = call_set };
module_param_cb(call, &call_ops, NULL, 0200);
MODULE_PARM_DESC(call, "Write anything to it to have the chain called");

static int __init teardown_chain_init(void)
{
	return 0;
}

static void __exit teardown_chain_exit(void)
{
}

module_init(teardown_chain_init);
module_exit(teardown_chain_exit);

MODULE_AUTHOR("The kmodlab authors");
MODULE_DESCRIPTION("Lesson: a chain that outlives its subscribers");
MODULE_LICENSE("GPL");
