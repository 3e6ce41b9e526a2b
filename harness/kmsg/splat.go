// SPDX-License-Identifier: GPL-2.0-only

package kmsg

import (
	"regexp"
	"slices"
	"strings"
)

// Kind is a class of trouble.
type Kind string

// The kinds of trouble that a kernel reports.
const (
	Panic     Kind = "panic"
	Oops      Kind = "oops"      // a fault in kernel mode: page fault, general protection, invalid opcode
	Bug       Kind = "bug"       // BUG() and reports that begin with BUG:
	Warning   Kind = "warning"   // WARN()
	Lockup    Kind = "lockup"    // soft and hard lockup, hung task, RCU stall
	Deadlock  Kind = "deadlock"  // lockdep
	Sanitizer Kind = "sanitizer" // KASAN, KCSAN, KFENCE, UBSAN, kmemleak
	Memory    Kind = "memory"    // list, slab, page and reference-count corruption, out of memory
)

// Splat is a report of trouble in a kernel log.
type Splat struct {
	Kind   Kind
	Title  string // the report's first telling line, without what differs from run to run
	Line   int    // index of that line in the log
	Module string // the module that the report points at; "" when it points at none
}

// signature is how a report of trouble begins.
type signature struct {
	kind    Kind
	pattern *regexp.Regexp
}

// signatures in order: the first that matches a line names it. The texts are
// those of the kernel's own printing functions, named in each line's comment.
var signatures = []signature{
	{Panic, regexp.MustCompile(`^Kernel panic - not syncing: .*`)},                                              // kernel/panic.c
	{Sanitizer, regexp.MustCompile(`^BUG: (?:KASAN|KCSAN|KFENCE|KMSAN): .*`)},                                   // mm/kasan, kernel/kcsan, mm/kfence
	{Sanitizer, regexp.MustCompile(`^UBSAN: .*`)},                                                               // lib/ubsan.c
	{Sanitizer, regexp.MustCompile(`^kmemleak: [1-9]\d* new suspected memory leaks.*`)},                         // mm/kmemleak.c
	{Lockup, regexp.MustCompile(`^(?:watchdog: )?BUG: soft lockup - CPU.*`)},                                    // kernel/watchdog.c
	{Lockup, regexp.MustCompile(`^(?:watchdog: )?(?:Watchdog detected|CPU\d+: Watchdog detected) hard LOCKUP`)}, // kernel/watchdog.c
	{Lockup, regexp.MustCompile(`^BUG: workqueue lockup.*`)},                                                    // kernel/workqueue.c
	{Lockup, regexp.MustCompile(`^(?:INFO: )?task .* blocked for more than \d+ seconds.*`)},                     // kernel/hung_task.c
	{Lockup, regexp.MustCompile(`^rcu: INFO: .*(?:stall|stalls).*`)},                                            // kernel/rcu/tree_stall.h
	{Deadlock, regexp.MustCompile(`^WARNING: (?:possible (?:recursive|circular) locking|possible irq lock inversion|inconsistent lock state|suspicious RCU usage|bad unlock balance|nested lock).*`)}, // kernel/locking/lockdep.c
	{Bug, regexp.MustCompile(`^kernel BUG at .*`)},                                             // arch/x86/kernel/traps.c
	{Oops, regexp.MustCompile(`^BUG: (?:unable to handle|kernel NULL pointer dereference).*`)}, // arch/x86/mm/fault.c
	{Oops, regexp.MustCompile(`^BUG: (?:TASK|IRQ|#DF|NMI|.*) stack guard page was hit.*`)},     // arch/x86/kernel/traps.c
	{Bug, regexp.MustCompile(`^BUG: .*`)},                                                      // sleeping in atomic context, bad page state ...
	{Warning, regexp.MustCompile(`^WARNING: (?:CPU: \d+ PID: \d+ at |.*:\d+ at ).*`)},          // kernel/panic.c, __warn()
	{Oops, regexp.MustCompile(`^(?:Oops|general protection fault|int3|invalid opcode|divide error|stack segment|double fault|traps: PANIC: double fault|kernel stack overflow|Internal error|Unable to handle kernel).*`)},
	{Memory, regexp.MustCompile(`^(?:list_(?:add|del) corruption.*|refcount_t: .*|Slab .* corrupted.*|Bad rss-counter state.*)`)}, // lib/list_debug.c, lib/refcount.c, mm
	{Memory, regexp.MustCompile(`^(?:Out of memory|Memory cgroup out of memory): Killed process.*`)},                              // mm/oom_kill.c
	{Bug, regexp.MustCompile(`^notifier callback .*`)},                          // kernel/notifier.c
	{Warning, regexp.MustCompile(`^sysfs: cannot create duplicate filename.*`)}, // fs/sysfs/dir.c
	{Warning, regexp.MustCompile(`^unchecked MSR access error.*`)},              // arch/x86/mm/extable.c
}

var (
	varying  = regexp.MustCompile(`(?i)\b(?:0x)?[0-9a-f]{8,16}\b|\+0x[0-9a-f]+/0x[0-9a-f]+|\bPID: \d+|\bpid \d+|\bCPU(?:#|: )?\d+|\[#\d+\]|\bstuck for \d+s`)
	inModule = regexp.MustCompile(`\+0x[0-9a-f]+/0x[0-9a-f]+ \[([\w-]+)`)
	endTrace = regexp.MustCompile(`^---\[ end (?:trace|Kernel panic)`)
	spaces   = regexp.MustCompile(`\s+`)
)

// Splats returns the reports of trouble in the lines of a log, in their order.
// Lines may carry a console's timestamp. A report that is part of the one
// before it (an Oops line inside a BUG, "Oops: 0002" after "BUG: unable to
// handle") is not counted again.
func Splats(lines []string) []Splat {
	var splats []Splat
	open := false // inside the report of the last splat
	for i, line := range lines {
		text := strings.TrimSpace(stripStamp(line))
		if endTrace.MatchString(text) {
			open = false
			continue
		}
		kind, ok := classify(text)
		if !ok {
			if len(splats) > 0 && open && splats[len(splats)-1].Module == "" {
				if m := inModule.FindStringSubmatch(text); m != nil {
					splats[len(splats)-1].Module = m[1]
				}
			}
			continue
		}
		if open && kind != Panic && continues(splats[len(splats)-1].Kind, kind) {
			continue
		}
		splats = append(splats, Splat{Kind: kind, Title: title(text), Line: i, Module: moduleOf(text)})
		open = true
	}
	return splats
}

func classify(text string) (Kind, bool) {
	for _, s := range signatures {
		if s.pattern.MatchString(text) {
			return s.kind, true
		}
	}
	return "", false
}

// continues tells whether a line of kind now, inside a report of kind before,
// is just more of that report.
func continues(before, now Kind) bool {
	if now == Oops {
		return slices.Contains([]Kind{Oops, Bug, Memory, Sanitizer}, before)
	}
	return before == Memory && (now == Bug || now == Warning) || before == Lockup && now == Lockup
}

func moduleOf(text string) string {
	if m := inModule.FindStringSubmatch(text); m != nil {
		return m[1]
	}
	return ""
}

// title makes of a report's line what is the same on every run.
func title(text string) string {
	text = varying.ReplaceAllString(text, "")
	return strings.Trim(spaces.ReplaceAllString(text, " "), " :-,")
}

var stamp = regexp.MustCompile(`^(?:<\d+>)?\[\s*\d+\.\d+\](?:\[\s*[TC]\d+\])? `)

// stripStamp removes a console's timestamp from a line.
func stripStamp(line string) string {
	return line[len(stamp.FindString(line)):]
}
