// SPDX-License-Identifier: GPL-2.0-only
/*
 * teardown - a subscriber that goes away
 *
 * Purpose: show how to free a subscriber. A thread calls a blocking chain and
 * is inside the subscriber's callback. Meanwhile the subscriber shall go:
 * 1. unregister: it waits until no callback runs any more;
 * 2. put the reference that the chain's owner held;
 * 3. the memory is freed when the last reference is gone. Here the callback
 *    has handed the subscriber to a work that runs later and holds another.
 *
 * Usage: insmod teardown.ko, read the log, rmmod teardown.
 *
 * Notes:
 * - Unregistering is not enough by itself: it ends the calls of the chain, not
 *   what the callback has set going. A reference count is for that.
 * - A module's own code goes with the module. A block that it leaves on a
 *   chain of the kernel is called after that, and the call is a jump into
 *   freed memory. Nothing checks that for you. teardown_guest does it.
 *
 * Experiments to try (in a VM):
 * - Put the reference before unregistering, and fill freed memory with a
 *   pattern (slub_debug=P on the kernel's command line).
 */

#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/completion.h>
#include <linux/delay.h>
#include <linux/init.h>
#include <linux/kernel.h> /* for container_of() */
#include <linux/kref.h>
#include <linux/module.h>
#include <linux/notifier.h>
#include <linux/printk.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/workqueue.h>

#include "lab_thread.h"

static BLOCKING_NOTIFIER_HEAD(teardown_chain);

struct subscriber {
	struct notifier_block nb;
	struct kref refs;
	struct work_struct work;
};

static DECLARE_COMPLETION(inside);	/* the callback has begun */
static DECLARE_COMPLETION(go_on);	/* it may end */

static void release(struct kref *refs)
{
	pr_info("the last reference is gone: freed\n");
	kfree(container_of(refs, struct subscriber, refs));
}

static void on_work(struct work_struct *work)
{
	struct subscriber *s = container_of(work, struct subscriber, work);

	pr_info("the work uses the subscriber\n");
	kref_put(&s->refs, release);
}

static int on_event(struct notifier_block *nb, unsigned long event, void *data)
{
	struct subscriber *s = container_of(nb, struct subscriber, nb);

	kref_get(&s->refs);	/* for the work, which is queued later */
	pr_info("the callback has begun\n");
	complete(&inside);
	wait_for_completion(&go_on);
	pr_info("the callback ends\n");
	return NOTIFY_OK;
}

static const struct subscriber unborn = {
	.nb = { .notifier_call = on_event },
	.refs = KREF_INIT(1),
};

static void call_chain(void *unused)
{
	blocking_notifier_call_chain(&teardown_chain, 0, NULL);
}

static void leave_chain(void *data)
{
	struct subscriber *s = data;

	blocking_notifier_chain_unregister(&teardown_chain, &s->nb);
	pr_info("unregistered\n");
}

/* A thread that shall block has no other way to go, so this ends. */
static void wait_until_blocked(struct task_struct *task)
{
	while (!lab_task_blocked(task))
		usleep_range(1000, 2000);
}

static int __init tear_down(void)
{
	struct lab_thread caller, leaver;
	struct workqueue_struct *later;
	struct subscriber *s;
	int err;

	s = kmemdup(&unborn, sizeof(unborn), GFP_KERNEL);
	if (!s)
		return -ENOMEM;
	later = alloc_ordered_workqueue(KBUILD_MODNAME, 0);
	if (!later) {
		/* Never run: there is memory. */
		kfree(s);
		return -ENOMEM;
	}
	INIT_WORK(&s->work, on_work);
	blocking_notifier_chain_register(&teardown_chain, &s->nb);

	err = lab_thread_start(&caller, call_chain, NULL, -1);
	if (err)
		goto unregister;
	wait_for_completion(&inside);
	err = lab_thread_start(&leaver, leave_chain, s, -1);
	if (err)
		goto end_caller;
	wait_until_blocked(leaver.task);
	pr_info("unregistering waits for the callback\n");
	complete(&go_on);
	lab_thread_finish(&caller);
	lab_thread_finish(&leaver);

	kref_put(&s->refs, release);
	pr_info("the owner's reference is gone\n");
	queue_work(later, &s->work);
	/* Not flush_work(): the work frees what it stands in. */
	destroy_workqueue(later);
	return 0;

end_caller:
	complete(&go_on);
	lab_thread_finish(&caller);
unregister:
	blocking_notifier_chain_unregister(&teardown_chain, &s->nb);
	destroy_workqueue(later);
	kfree(s);
	return err;
}

static int __init teardown_init(void)
{
	return tear_down();
}

static void __exit teardown_exit(void)
{
}

module_init(teardown_init);
module_exit(teardown_exit);

MODULE_AUTHOR("The kmodlab authors");
MODULE_DESCRIPTION("Lesson: a subscriber that goes away");
MODULE_LICENSE("GPL");
