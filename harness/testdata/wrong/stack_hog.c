// SPDX-License-Identifier: GPL-2.0-only
/*
 * stack_hog - takes more of the stack than there is
 */
#include "wrong.h"
#include <linux/slab.h>
#include <linux/string.h>

#define DEPTH 64
#define EACH 1024

static noinline int descend(int depth)
{
	/* Wrong: 64 times 1 KB are more than a stack has. */
	u8 memory[EACH];
	int all = 0;

	memset(memory, depth, EACH);
	if (depth)
		all = descend(depth - 1);
	return all + READ_ONCE(memory[0]);
}

static noinline int descend_mended(int depth)
{
	u8 *memory = kmalloc(EACH, GFP_KERNEL);
	int all = 0;

	if (!memory)
		return -ENOMEM;
	memset(memory, depth, EACH);
	if (depth)
		all = descend_mended(depth - 1);
	all += READ_ONCE(memory[0]);
	kfree(memory);
	return all;
}

static int __init stack_hog_init(void)
{
	int all = mended ? descend_mended(DEPTH) : descend(DEPTH);

	return all < 0 ? all : 0;
}

static void __exit stack_hog_exit(void)
{
}

module_init(stack_hog_init);
module_exit(stack_hog_exit);

MODULE_DESCRIPTION("Wrong: takes more of the stack than there is");
MODULE_LICENSE("GPL");
