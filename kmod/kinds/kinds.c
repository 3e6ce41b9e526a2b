// SPDX-License-Identifier: GPL-2.0-only
/*
 * kinds - the four kinds of notifier chains, and what each holds in a callback
 *
 * Purpose: show which protection a callback runs under. One block joins an
 * atomic, a blocking, a raw and an SRCU chain, each made twice: by the static
 * initialiser and at run time. While it is called it looks around: which
 * context is this, which lock is held, could a reader or a writer come in,
 * and may it sleep?
 *
 * Usage: insmod kinds.ko, read the log, rmmod kinds.
 *
 * Notes:
 * - The lock in the head of an atomic chain is for registering only; a call
 *   runs under rcu_read_lock(). Whether that is a number in the task or nothing
 *   but a task that is not preempted depends on CONFIG_PREEMPT_RCU.
 *   It does not raise the preemption count: in_atomic() would say no.
 * - A blocking chain is called with its read-write semaphore held for reading.
 * - A raw chain's head is one pointer: the protection is the caller's.
 * - An SRCU chain is called under srcu_read_lock(), which a sleeper may hold.
 *   Its mutex is for registering only.
 *
 * Experiments to try (in a VM):
 * - Register another block from the callback: on which kinds may you?
 * - Sleep in the callback of the atomic chain, too. Which kernels complain?
 */

#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/delay.h>
#include <linux/init.h>
#include <linux/irqflags.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/notifier.h>
#include <linux/percpu.h>
#include <linux/preempt.h>
#include <linux/printk.h>
#include <linux/rcupdate.h>
#include <linux/rwsem.h>
#include <linux/spinlock.h>
#include <linux/timer.h>
#include <linux/version.h>
#include <linux/workqueue.h>

static ATOMIC_NOTIFIER_HEAD(atomic_static);
static BLOCKING_NOTIFIER_HEAD(blocking_static);
static RAW_NOTIFIER_HEAD(raw_static);
SRCU_NOTIFIER_HEAD_STATIC(srcu_static);

static struct atomic_notifier_head atomic_dynamic;
static struct blocking_notifier_head blocking_dynamic;
static struct raw_notifier_head raw_dynamic;
static struct srcu_notifier_head srcu_dynamic; /* 50 kB in 5.10: never on a stack */

static const char *yes_no(bool yes)
{
	return yes ? "yes" : "no";
}

static void kinds_context(const char *kind)
{
	pr_info("%s: in a task: %s, interrupts off: %s, preemption count %d, RCU depth %d\n",
		kind, yes_no(in_task()), yes_no(irqs_disabled()), preempt_count(),
		rcu_preempt_depth());
}

/*
 * checkpatch wants lockdep_assert_held() in place of spin_is_locked(). But this
 * is a question, not an assertion.
 */
#define is_taken spin_is_locked

/*
 * The lock is a spinlock_t. The patches that make a real-time kernel of 5.10
 * make it a raw one, so that it does not sleep.
 */
static bool kinds_held(struct atomic_notifier_head *head)
{
	void *lock = &head->lock;
	raw_spinlock_t *raw = lock;

	if (__same_type(head->lock, raw_spinlock_t))
		return raw_spin_is_locked(raw);
	return is_taken((spinlock_t *)lock);
}

static int kinds_atomic(struct notifier_block *nb, unsigned long event, void *data)
{
	struct atomic_notifier_head *head = data;
	bool held;

	kinds_context("atomic");
	held = kinds_held(head);
	pr_info("atomic: its spinlock is held: %s, a writer may enter: %s\n",
		yes_no(held), yes_no(!held));
	return NOTIFY_OK;
}

static int kinds_blocking(struct notifier_block *nb, unsigned long event, void *data)
{
	struct blocking_notifier_head *head = data;
	bool reader, writer;

	kinds_context("blocking");
	reader = down_read_trylock(&head->rwsem);
	if (reader)
		up_read(&head->rwsem);
	writer = down_write_trylock(&head->rwsem);
	/* Never run: the call holds it as a reader. */
	if (writer)
		up_write(&head->rwsem);
	pr_info("blocking: its semaphore is held: %s, a second reader may enter: %s, a writer: %s\n",
		yes_no(rwsem_is_locked(&head->rwsem)), yes_no(reader), yes_no(writer));
	usleep_range(1000, 2000);
	pr_info("blocking: slept\n");
	return NOTIFY_OK;
}

static int kinds_raw(struct notifier_block *nb, unsigned long event, void *data)
{
	kinds_context("raw");
	pr_info("raw: the head is one pointer and no lock: %s\n",
		yes_no(sizeof(struct raw_notifier_head) == sizeof(void *)));
	return NOTIFY_OK;
}

static int kinds_srcu(struct notifier_block *nb, unsigned long event, void *data)
{
	struct srcu_notifier_head *head = data;
	bool writer;

	kinds_context("srcu");
	writer = mutex_trylock(&head->mutex);
	if (writer)
		mutex_unlock(&head->mutex);
	pr_info("srcu: its mutex is held: %s, a writer may enter: %s\n",
		yes_no(!writer), yes_no(writer));
	usleep_range(1000, 2000);
	pr_info("srcu: slept\n");
	return NOTIFY_OK;
}

/* Join, call with the head as data, leave. The kinds differ in names only. */
#define KIND(_kind)							\
static int __init show_##_kind(struct _kind##_notifier_head *head, const char *how)	\
{									\
	static struct notifier_block block = { .notifier_call = kinds_##_kind };	\
	int err;							\
									\
	err = _kind##_notifier_chain_register(head, &block);		\
	if (err)							\
		return err;						\
	pr_info("%s chain, %s:\n", #_kind, how);			\
	_kind##_notifier_call_chain(head, 0, head);			\
	return _kind##_notifier_chain_unregister(head, &block);		\
}

KIND(atomic)
KIND(blocking)
KIND(raw)
KIND(srcu)

/*
 * Waits until nothing of the kernel uses srcu_static any more. A grace period is
 * a work item: it wakes up whoever waits in synchronize_srcu(), and goes on to
 * unlock a mutex that is in the head. No static head of a module is cleaned up by
 * the kernel, so the module would be gone by then, with the mutex.
 *
 * Since 5.19 (commit 46470cf85d2b, "srcu: Prevent cleanup_srcu_struct() from
 * freeing non-dynamic ->sda") a static head may be cleaned up like any other.
 * Before, that freed the static per-CPU data, and its waiting is all there is to
 * borrow.
 */
static void srcu_static_end(void)
{
#if LINUX_VERSION_CODE >= KERNEL_VERSION(5, 19, 0)
	srcu_cleanup_notifier_head(&srcu_static);
#else
	int cpu;

	flush_delayed_work(&srcu_static.srcu.work);
	for_each_possible_cpu(cpu) {
		struct srcu_data *sdp = per_cpu_ptr(srcu_static.srcu.sda, cpu);

		del_timer_sync(&sdp->delay_work);
		flush_work(&sdp->work);
	}
#endif
}

static int __init kinds_init(void)
{
	int err;

	ATOMIC_INIT_NOTIFIER_HEAD(&atomic_dynamic);
	BLOCKING_INIT_NOTIFIER_HEAD(&blocking_dynamic);
	RAW_INIT_NOTIFIER_HEAD(&raw_dynamic);
	srcu_init_notifier_head(&srcu_dynamic);

	err = show_atomic(&atomic_static, "static head") ?:
	      show_atomic(&atomic_dynamic, "run-time head") ?:
	      show_blocking(&blocking_static, "static head") ?:
	      show_blocking(&blocking_dynamic, "run-time head") ?:
	      show_raw(&raw_static, "static head") ?:
	      show_raw(&raw_dynamic, "run-time head") ?:
	      show_srcu(&srcu_static, "static head") ?:
	      show_srcu(&srcu_dynamic, "run-time head");
	srcu_static_end();
	srcu_cleanup_notifier_head(&srcu_dynamic);
	return err;
}

static void __exit kinds_exit(void)
{
}

module_init(kinds_init);
module_exit(kinds_exit);

MODULE_AUTHOR("The kmodlab authors");
MODULE_DESCRIPTION("Lesson: the four kinds of notifier chains, and what each holds in a callback");
MODULE_LICENSE("GPL");
