// SPDX-License-Identifier: GPL-2.0-only

// Package splat finds the reports of trouble in the log of a kernel: where each
// begins and ends, what happened, in which function, whose that is. It reads
// lines; where they come from is the business of others.
package splat

// Kind is a class of trouble.
type Kind string

// The kinds of trouble that a kernel reports.
const (
	Panic     Kind = "panic"     // the kernel gave up
	Oops      Kind = "oops"      // a fault in kernel mode: page fault, general protection, divide error ...
	Bug       Kind = "bug"       // BUG() and reports that begin with BUG:
	Warning   Kind = "warning"   // WARN() and its like, and complaints without a form of their own
	Lockup    Kind = "lockup"    // soft and hard lockup, hung task, RCU stall
	Deadlock  Kind = "deadlock"  // lockdep
	Sanitizer Kind = "sanitizer" // KASAN, KCSAN, KMSAN, KFENCE, UBSAN, kmemleak
	Memory    Kind = "memory"    // list, slab, page and reference-count corruption, out of memory
	Taint     Kind = "taint"     // a module taints the kernel in a way that no lesson should
)
