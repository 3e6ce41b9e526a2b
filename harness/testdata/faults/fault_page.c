// SPDX-License-Identifier: GPL-2.0-only
/*
 * fault_page - init frees a page that still belongs to something
 *
 * Noticed on 6.12 and 7.3; 5.10 takes the page back without a word.
 */
#include "fault.h"
#include <linux/gfp.h>
#include <linux/mm.h>

static int __init fault_init(void)
{
	struct page *page = alloc_page(GFP_KERNEL);

	if (!page)
		return -ENOMEM;
	page->mapping = (void *)&fault_init;
	__free_page(page);
	return 0;
}

static void __exit fault_exit(void)
{
}

module_init(fault_init);
module_exit(fault_exit);

MODULE_DESCRIPTION("Fault: bad page state");
MODULE_LICENSE("GPL");
