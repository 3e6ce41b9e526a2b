/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * An irq_work that runs in a hard interrupt on every kernel. On PREEMPT_RT an
 * ordinary one runs in a thread ("irq_work: Handle some irq_work in a per-CPU
 * thread on PREEMPT_RT", 5.16), which a real-time task that waits for it keeps
 * from running.
 */
#ifndef KMODLAB_HARD_IRQ_WORK_H
#define KMODLAB_HARD_IRQ_WORK_H

#include <linux/irq_work.h>

static inline void init_hard_irq_work(struct irq_work *work,
				      void (*func)(struct irq_work *))
{
#ifdef IRQ_WORK_INIT_HARD
	*work = IRQ_WORK_INIT_HARD(func);
#else	/* 5.10 has the flag, but not the initialiser */
	init_irq_work(work, func);
	atomic_or(IRQ_WORK_HARD_IRQ, &work->flags);
#endif
}

#endif /* KMODLAB_HARD_IRQ_WORK_H */
