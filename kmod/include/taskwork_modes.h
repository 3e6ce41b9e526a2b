/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * taskwork_modes.h - the notify modes of task_work_add() by name, and the
 * state of a task, for kernels 5.10 and later
 *
 * - TWA_SIGNAL_NO_IPI came with 5.19, commit e788be95a57a ("task_work: allow
 *   TWA_SIGNAL without a rescheduling IPI").
 * - task_struct::state became __state with 5.14, commit 2f064a59a11f ("sched:
 *   Change task_struct::state").
 */
#ifndef KMODLAB_TASKWORK_MODES_H
#define KMODLAB_TASKWORK_MODES_H

#include <linux/compiler.h>
#include <linux/errno.h>
#include <linux/kernel.h> /* for ARRAY_SIZE() */
#include <linux/sched.h>
#include <linux/string.h>
#include <linux/task_work.h>
#include <linux/version.h>

#define FIRST_WITH_NO_IPI KERNEL_VERSION(5, 19, 0)
#define FIRST_WITH___STATE KERNEL_VERSION(5, 14, 0)

struct named_mode {
	const char *name;
	enum task_work_notify_mode mode;
};

static const struct named_mode named_modes[] = {
	{ "TWA_NONE", TWA_NONE },
	{ "TWA_RESUME", TWA_RESUME },
	{ "TWA_SIGNAL", TWA_SIGNAL },
#if LINUX_VERSION_CODE >= FIRST_WITH_NO_IPI
	{ "TWA_SIGNAL_NO_IPI", TWA_SIGNAL_NO_IPI },
#endif
};

/* Returns the mode called name, or NULL if this kernel has none. */
static inline const struct named_mode *find_mode(const char *name)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(named_modes); i++)
		if (!strcmp(named_modes[i].name, name))
			return &named_modes[i];
	return NULL;
}

/* Returns the state of task: TASK_RUNNING (0) or bits such as TASK_INTERRUPTIBLE. */
static inline unsigned int state_of(const struct task_struct *task)
{
#if LINUX_VERSION_CODE >= FIRST_WITH___STATE
	return READ_ONCE(task->__state);
#else
	return READ_ONCE(task->state);
#endif
}

#endif
