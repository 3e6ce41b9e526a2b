/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * user_return.h - register a user-return notifier on a given CPU, and be sure
 * that it is gone afterwards
 *
 * The list of notifiers is the CPU's own: it has no lock, and is only safe to
 * change on that CPU with preemption off. smp_call_function_single() runs a
 * function there, with interrupts off. As notifiers are called with interrupts
 * off, too, none is under way on that CPU once the function has run.
 *
 * Nothing checks for a notifier that is registered twice: its list would lead
 * from it to itself, and the CPU would never come back from it. Hence "armed".
 */
#ifndef KMODLAB_USER_RETURN_H
#define KMODLAB_USER_RETURN_H

#include <linux/cpu.h>
#include <linux/errno.h>
#include <linux/list.h>
#include <linux/smp.h>
#include <linux/user-return-notifier.h>

struct lab_notifier {
	struct user_return_notifier urn;
	int cpu;    /* where it is registered */
	bool armed; /* used on that CPU only, with preemption or interrupts off */
};

/* On the CPU of the notifier, in atomic context: in its callback, for one. */
static inline void disarm_here(void *data)
{
	struct lab_notifier *n = data;

	if (n->armed)
		user_return_notifier_unregister(&n->urn);
	n->armed = false;
}

static inline void arm_here(void *data)
{
	struct lab_notifier *n = data;

	if (!n->armed)
		user_return_notifier_register(&n->urn);
	n->armed = true;
}

/* Registers the notifier on n->cpu. Returns 0, or -ENXIO when that CPU is offline. */
static inline int arm(struct lab_notifier *n)
{
	return smp_call_function_single(n->cpu, arm_here, n, 1);
}

/* Unregisters the notifier if it has not done so itself. It will not be called any more. */
static inline void disarm(struct lab_notifier *n)
{
	cpus_read_lock();
	if (smp_call_function_single(n->cpu, disarm_here, n, 1) && n->armed) {
		/* The CPU is offline. Nobody walks its list until it is back. */
		hlist_del(&n->urn.link);
		n->armed = false;
	}
	cpus_read_unlock();
}

#endif
