// SPDX-License-Identifier: GPL-2.0-only

package splat

// sanitizers are the reports of what was built in to find mistakes.
var sanitizers = []headline{
	anywhere(begins(Sanitizer, "KASAN: $1", `BUG: KASAN: (.+?) in `)),                                                            // mm/kasan/report.c
	begins(Sanitizer, "KASAN: $1", `BUG: KASAN: (\S+)`),                                                                          // the same
	anywhere(says(Sanitizer, "KCSAN: $1", `BUG: KCSAN: (.*)`)),                                                                   // kernel/kcsan/report.c
	anywhere(begins(Sanitizer, "KMSAN: $1", `BUG: KMSAN: (\S+)`)),                                                                // mm/kmsan/report.c
	anywhere(begins(Sanitizer, "KFENCE: $1", `BUG: KFENCE: (.*?) in `)),                                                          // mm/kfence/report.c
	begins(Sanitizer, "KFENCE: invalid free", `BUG: KFENCE: invalid free`),                                                       // the same
	begins(Sanitizer, "UBSAN: $1", `UBSAN: (.*?)(?: (?:in|at) \S+(?: \[\S+\])?)?$`),                                              // lib/ubsan.c
	says(Sanitizer, "kmemleak: suspected memory leaks", `kmemleak: \d+ new suspected memory leaks`),                              // mm/kmemleak.c
	begins(Sanitizer, "kmemleak: memory leak", `BUG: memory leak$|(?:kmemleak: )?unreferenced object 0x[0-9a-f]+ \(size \d+\):`), // the same
}

// memories are of memory that was written over or ran out.
var memories = []headline{
	announcing(Memory, "$1", `(list_(?:add|del) (?:corruption|double add))`),                  // lib/list_debug.c
	announcing(Memory, "hardened usercopy: $1", `usercopy: (Kernel memory \S+ attempt)`),      // mm/usercopy.c
	announcing(Memory, "buffer overflow in $1", `detected buffer overflow in (\w+)`),          // lib/string.c of 5.10, lib/string_helpers.c of 6.1
	announcing(Memory, "buffer overflow in $1", `(\w+): detected buffer overflow: \d+ byte `), // lib/string_helpers.c of 6.12
	announcing(Memory, "slab: $1", `BUG .+? \((?:Not tainted|Tainted: .*?|[A-Z ]+)\): (.*)`),  // mm/slub.c, slab_bug()
	begins(Memory, "$1", `BUG: (Bad (?:page state|page map|page cache|rss-counter state))`),   // mm/page_alloc.c, memory.c, kernel/fork.c
	says(Memory, "bad $1", `\S+\.[ch]:\d+: bad (p[gum4]d|pte) `),                              // mm/pgtable-generic.c
	// mm/oom_kill.c: who wanted memory, and later who was killed for it.
	begins(Memory, "out of memory", `.{1,15} invoked oom-killer: |(?:Memory cgroup o|O)ut of memory(?:: Kill(?:ed)? process \d|(?::| \(\w+\):)? (?:and )?[Nn]o killable | \(\w+\): Killed process)`),
	begins(Memory, "page allocation failure", `.{1,20}: page allocation failure[:.] `),                                                            // mm/page_alloc.c
	begins(Memory, "vmalloc failure", `.{1,20}: (?:vmalloc error: size |vmalloc: allocation failure[:,] |vmalloc size \d+ allocation failure: )`), // mm/vmalloc.c, by warn_alloc()
	says(Memory, "vmalloc failure", `vmap allocation for size \d+ failed: |vmalloc_node_range for size \d+ failed: `),                             // the same
	says(Memory, "slab allocation failure", `SLUB: Unable to allocate memory (?:on|from) `),                                                       // mm/slub.c
	says(Memory, "slab: free of no object", `SLUB \S+: no slab for object `),                                                                      // the same
	begins(Memory, "per-CPU allocation failure", `percpu: allocation failed, size=\d+`),                                                           // mm/percpu.c
	begins(Memory, "a slab cache still has objects", `(?:kmem_cache_destroy )?\S.*: Slab cache still has objects`),                                // mm/slab_common.c
	begins(Memory, "stack end overrun", `Thread overran stack, or stack corrupted`),                                                               // arch/x86/mm/fault.c
}
