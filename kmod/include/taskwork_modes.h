/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * taskwork_modes.h - the notify modes of task_work_add() by name, for kernels
 * 5.10 and later
 *
 * Which of the late ones there are, taskwork_modes.mk finds out.
 */
#ifndef KMODLAB_TASKWORK_MODES_H
#define KMODLAB_TASKWORK_MODES_H

#include <linux/kernel.h> /* for ARRAY_SIZE() */
#include <linux/string.h>
#include <linux/task_work.h>

struct named_mode {
	const char *name;
	enum task_work_notify_mode mode;
};

static const struct named_mode named_modes[] = {
	{ "TWA_NONE", TWA_NONE },
	{ "TWA_RESUME", TWA_RESUME },
	{ "TWA_SIGNAL", TWA_SIGNAL },
#ifdef HAVE_TWA_SIGNAL_NO_IPI
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

#endif
