// SPDX-License-Identifier: GPL-2.0-only
/*
 * fault_oom - init takes all memory of the guest, until it is killed for that
 *
 * It offers itself to the out-of-memory killer, and gives everything back once
 * it is shot: whom the killer would shoot next, and whether anybody is left, is
 * chance. A task that keeps the memory takes the whole guest with it ("System is
 * deadlocked on memory").
 */
#include "fault.h"
#include <linux/gfp.h>
#include <linux/list.h>
#include <linux/mm.h>
#include <linux/oom.h>
#include <linux/sched.h>
#include <linux/sched/signal.h>

static int __init fault_init(void)
{
	struct page *page, *next;
	LIST_HEAD(pages);

	current->signal->oom_score_adj = OOM_SCORE_ADJ_MAX;
	while (!fatal_signal_pending(current)) {
		page = alloc_page(GFP_KERNEL | __GFP_NOWARN);
		if (!page)
			break;
		list_add(&page->lru, &pages);
	}
	list_for_each_entry_safe(page, next, &pages, lru)
		__free_page(page);
	return -ENOMEM;
}

module_init(fault_init);

MODULE_DESCRIPTION("Fault: guest out of memory");
MODULE_LICENSE("GPL");
