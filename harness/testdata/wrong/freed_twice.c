// SPDX-License-Identifier: GPL-2.0-only
/*
 * freed_twice - frees an object twice
 *
 * The object is of a cache of its own, so that nobody else is given it twice.
 */
#include "wrong.h"
#include <linux/slab.h>

static struct kmem_cache *cache;
static int dropped;

static noinline void drop(void *object)
{
	kmem_cache_free(cache, object);
	/* Wrong: it was freed by the line before. */
	if (!mended)
		kmem_cache_free(cache, object);
	WRITE_ONCE(dropped, dropped + 1);
}

/* A constructor keeps the cache from being merged with another one. */
static void make(void *object)
{
	memset(object, 0, 64);
}

static int __init freed_twice_init(void)
{
	void *object;

	cache = kmem_cache_create("freed_twice", 64, 0, 0, make);
	if (!cache)
		return -ENOMEM;
	object = kmem_cache_alloc(cache, GFP_KERNEL);
	if (!object) {
		kmem_cache_destroy(cache);
		return -ENOMEM;
	}
	drop(object);
	return 0;
}

static void __exit freed_twice_exit(void)
{
	kmem_cache_destroy(cache);
}

module_init(freed_twice_init);
module_exit(freed_twice_exit);

MODULE_DESCRIPTION("Wrong: frees an object twice");
MODULE_LICENSE("GPL");
