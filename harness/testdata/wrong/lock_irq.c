// SPDX-License-Identifier: GPL-2.0-only
/*
 * lock_irq - has interrupts on while it holds what an interrupt takes
 *
 * The interrupt came before, so it does not deadlock; it would, one day.
 */
#include "wrong.h"
#include <linux/irq_work.h>
#include <linux/spinlock.h>

static DEFINE_SPINLOCK(lock);

static void handle(struct irq_work *unused)
{
	spin_lock(&lock);
	spin_unlock(&lock);
}

static struct irq_work interrupt;

static noinline void touch(void)
{
	unsigned long flags;

	if (mended) {
		spin_lock_irqsave(&lock, flags);
		spin_unlock_irqrestore(&lock, flags);
		return;
	}
	/* Wrong: the interrupt may come in between, and would wait for who it interrupts. */
	spin_lock(&lock);
	spin_unlock(&lock);
}

static int __init lock_irq_init(void)
{
	init_irq_work(&interrupt, handle);
	irq_work_queue(&interrupt);
	irq_work_sync(&interrupt);
	touch();
	return 0;
}

static void __exit lock_irq_exit(void)
{
}

module_init(lock_irq_init);
module_exit(lock_irq_exit);

MODULE_DESCRIPTION("Wrong: has interrupts on while it holds what an interrupt takes");
MODULE_LICENSE("GPL");
