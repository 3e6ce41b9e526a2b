// SPDX-License-Identifier: GPL-2.0-only

package headline

import "strings"

// way is how a function of the kernel prints its format.
type way struct {
	format int    // which argument the format is, from 0
	before string // what is printed before it, as a format
	prefix bool   // pr_fmt of the file is printed before it
	loud   bool   // the kernel announces it: by WARNING, by BUG, as a panic
	oops   bool   // it stands in the header of an Oops
	tells  bool   // it is no complaint unless its text says so
}

// ways are the functions that complain, by their names without [suffixes].
var ways = map[string]way{
	// include/linux/printk.h
	"pr_emerg": {prefix: true}, "pr_alert": {prefix: true}, "pr_crit": {prefix: true}, "pr_err": {prefix: true},
	"pr_warn": {prefix: true}, "pr_warning": {prefix: true},
	"pr_notice": {prefix: true, tells: true}, "pr_info": {prefix: true, tells: true},
	"printk": {}, "vprintk": {},
	// include/linux/dev_printk.h, which says driver and device
	"dev_emerg": {format: 1, before: "driver device: "}, "dev_alert": {format: 1, before: "driver device: "},
	"dev_crit": {format: 1, before: "driver device: "}, "dev_err": {format: 1, before: "driver device: "},
	"dev_warn": {format: 1, before: "driver device: "},
	// net/core/dev.c, __netdev_printk()
	"netdev_emerg": {format: 1, before: "driver eth0: "}, "netdev_alert": {format: 1, before: "driver eth0: "},
	"netdev_crit": {format: 1, before: "driver eth0: "}, "netdev_err": {format: 1, before: "driver eth0: "},
	"netdev_warn": {format: 1, before: "driver eth0: "},
	// mm/slub.c: slab_bug(), and slab_err(), which calls it
	"slab_bug": {format: 1, before: "BUG %s (%s): "}, "slab_err": {format: 2, before: "BUG %s (%s): "},
	"object_err": {format: 3, before: "BUG %s (%s): "}, "slab_fix": {format: 1, before: "FIX %s: "},
	// mm/page_alloc.c, warn_alloc(), which says the task first
	"warn_alloc": {format: 2, before: "%s: "},
	// mm/kmemleak.c, macros that call pr_warn()
	"kmemleak_warn": {prefix: true}, "kmemleak_stop": {prefix: true},
	// include/asm-generic/bug.h, include/linux/bug.h, include/linux/mmdebug.h, kernel/panic.c
	"WARN": {format: 1, loud: true}, "WARN_TAINT": {format: 2, loud: true}, "VM_WARN": {format: 1, loud: true},
	"WARN_ON": {loud: true}, "WARN_ON_SMP": {loud: true}, "VM_WARN_ON": {loud: true}, "DEBUG_LOCKS_WARN_ON": {loud: true},
	"RCU_LOCKDEP_WARN": {format: 1, loud: true}, "SCHED_WARN_ON": {loud: true}, "KCSAN_WARN_ON": {loud: true},
	"KFENCE_WARN_ON": {loud: true}, "CHECK_DATA_CORRUPTION": {loud: true},
	"BUG": {loud: true}, "BUG_ON": {loud: true}, "VM_BUG_ON": {loud: true}, "VM_BUG_ON_PAGE": {loud: true},
	"panic": {loud: true}, "nmi_panic": {format: 1, loud: true},
	// arch/x86/kernel/dumpstack.c and traps.c, arch/arm64/kernel/traps.c and mm/fault.c
	"die": {oops: true}, "__die": {oops: true}, "do_error_trap": {format: 2, oops: true}, "do_trap": {format: 2, oops: true},
	"arm64_notify_die": {oops: true},
}

// suffixes are what may follow the name of a function that prints.
var suffixes = []string{"_once", "_ratelimited", "_deferred", "_ONCE", "_RATELIMITED", "_RATELIMIT"}

// wayOf returns how the function of this name prints.
func wayOf(name string) (way, bool) {
	for {
		if w, ok := ways[name]; ok {
			return w, true
		}
		short := name
		for _, s := range suffixes {
			short = strings.TrimSuffix(short, s)
		}
		if short == name {
			return way{}, false
		}
		name = short
	}
}

// arguments splits what stands between the parentheses at the beginning of all
// into arguments, and returns how many tokens that is, parentheses included.
// There are none where no parenthesis closes.
func arguments(all []token) (args [][]token, length int) {
	depth, from := 0, 1
	for i, t := range all {
		switch {
		case t.is("("), t.is("{"), t.is("["):
			depth++
		case t.is(")"), t.is("}"), t.is("]"):
			if depth--; depth == 0 {
				return append(args, all[from:i]), i + 1
			}
		case t.is(",") && depth == 1:
			args, from = append(args, all[from:i]), i+1
		}
	}
	return nil, 0
}

// alternatives returns what an argument may be: of a ? b : c, b and c.
func alternatives(arg []token) [][]token {
	for i, t := range arg {
		if t.is("?") {
			arg = arg[i+1:]
			for j, t := range arg {
				if t.is(":") {
					return append([][]token{arg[:j]}, alternatives(arg[j+1:])...)
				}
			}
		}
	}
	return [][]token{arg}
}
