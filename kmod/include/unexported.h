/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * unexported.h - call a function of the kernel that it does not export
 *
 * For the laboratory only: an unexported function may change its arguments
 * from one release to the next. The type of the call is taken from the kernel's
 * header, so at least the compiler notices.
 *
 *   UNEXPORTED(task_work_cancel);
 *   err = look_up(task_work_cancel);
 *   done = unexported(task_work_cancel)(task, work);
 *
 * The address comes from a kprobe that is registered on the function's name and
 * removed at once; it never fires. Where the kernel was built for indirect
 * branch tracking, the probe sits behind an ENDBR instruction of 4 bytes, and
 * the address is corrected for it.
 *
 * The call is a static call: __static_call_update() writes a direct call into
 * the code. A call through a pointer would not do. Since 5.18 (commit
 * ed53a0d97192, "x86/alternative: Use .ibt_endbr_seal to seal indirect calls")
 * the ENDBR of functions that nobody calls through a pointer is taken away at
 * boot, and a CPU that tracks indirect branches traps on such a call.
 */
#ifndef KMODLAB_UNEXPORTED_H
#define KMODLAB_UNEXPORTED_H

#include <linux/errno.h>
#include <linux/kallsyms.h>
#include <linux/kprobes.h>
#include <linux/printk.h>
#include <linux/static_call.h>
#include <linux/string.h>

/* Returns the address of the function called name, or 0. */
static unsigned long __maybe_unused address_of(const char *name)
{
	struct kprobe probe = { .symbol_name = name };
	char symbol[KSYM_SYMBOL_LEN];
	unsigned long address;

	if (register_kprobe(&probe))
		return 0;
	address = (unsigned long)probe.addr;
	unregister_kprobe(&probe);
	sprint_symbol(symbol, address);
	if (strstr(symbol, "+0x4/"))
		address -= 4;
	return address;
}

#define UNEXPORTED(name) DEFINE_STATIC_CALL_NULL(lab_##name, name)

#define unexported(name) static_call(lab_##name)

/* Returns 0 when unexported(name) can be called, or -EOPNOTSUPP and says so. */
#define look_up(name)                                                              \
({                                                                                 \
	unsigned long __address = address_of(#name);                               \
										   \
	if (__address)                                                             \
		static_call_update(lab_##name, (typeof(name) *)__address);         \
	else                                                                       \
		pr_err("no way to %s() on this kernel\n", #name);                  \
	__address ? 0 : -EOPNOTSUPP;                                               \
})

#endif
