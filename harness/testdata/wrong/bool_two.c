// SPDX-License-Identifier: GPL-2.0-only
/*
 * bool_two - reads a bool that is neither true nor false
 */
#include "wrong.h"
#include <linux/string.h>

struct options {
	bool loud;
};

static int level;

static noinline void apply(const struct options *options)
{
	if (options->loud)
		WRITE_ONCE(level, 1);
}

static int __init bool_two_init(void)
{
	struct options options;

	/* Wrong: what came from elsewhere, 2, is copied over a bool. */
	memset(&options, mended ? 1 : 2, sizeof(options));
	apply(&options);
	return 0;
}

static void __exit bool_two_exit(void)
{
}

module_init(bool_two_init);
module_exit(bool_two_exit);

MODULE_DESCRIPTION("Wrong: reads a bool that is neither true nor false");
MODULE_LICENSE("GPL");
