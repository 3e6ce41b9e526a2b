// SPDX-License-Identifier: GPL-2.0-only

package kmsg

import (
	"regexp"
	"strings"
)

// frame is a line of a call trace.
type frame struct{ function, module string }

var (
	// A frame, or the register that tells where it happened. "? " marks what
	// the unwinder found on the stack but does not vouch for.
	frameLine = regexp.MustCompile(`^(RIP: 00(?:10|08):|pc : )?([A-Za-z_][\w.$]*)\+0x[0-9a-f]+/0x[0-9a-f]+(?: \[([\w-]+)(?: [0-9a-f]+)?\])?`)
	// The frame that some reports name in their first line.
	headFrame = regexp.MustCompile(`(?: in|:\d+ at| at \S+:\d+) ([A-Za-z_][\w.$]*)\+0x[0-9a-f]+/0x[0-9a-f]+(?: \[([\w-]+)(?: [0-9a-f]+)?\])?`)
	// What begins a trace that tells something else.
	otherTrace = regexp.MustCompile(`(?i)^(?:allocated|freed) (?:by task|in )`)
	// Lines of a report that are neither its first nor a frame.
	bodyLine = regexp.MustCompile(`^(?:` + strings.Join([]string{
		`#PF: `, `PGD `, `P4D `, `PUD `, `CPU: `, `CPU#`, `Hardware name:`, `Workqueue:`, `Modules linked in:`, `last unloaded:`,
		`RIP: `, `Code: `, `[A-Z][A-Z0-9]{1,2} ?: [0-9a-f]`, `R[A-Z0-9]{2}: `, `EFLAGS: `, `[CDEFGS]S: `, `CR2: `, `DR\d: `, `PKRU: `, `Call Trace:`, `</?[A-Z#!]+>$`, `\? `,
		`task:`, `"echo 0 > `, `Not tainted `, `Tainted: `, `rcu: `, `NMI backtrace`, `Sending NMI`, `INFO: `, `irq event stamp`, `(?:hard|soft)irqs last`,
		`Preemption disabled at:`, `Blocked by`, `\(t=\d+ jiffies`, `next=`, `prev=`, `page: ?refcount`, `page:`, `raw: `, `flags: `, `page dumped because`, `page_type: `,
		`Mem-Info:`, `active_anon:`, `Node \d+ `, `lowmem_reserve`, `Tasks state`, `\[ *\d+\] `, `oom-kill:`, `oom_reaper:`, `Out of memory`, `\d+ (?:total pagecache|pages |total )`,
		`Slab 0x`, `Object `, `Redzone `, `Padding `, `FIX `, `Allocated in `, `Freed in `, `={20,}`, `-{20,}`, `kfence-#`, `allocated by task`, `freed by task`,
		`note: \S+ exited with`, `Disabling lock debugging`, `stack traces for`, `stack backtrace:`, `The buggy address`, `(?:Read|Write) of size`, `(?:Allocated|Freed) by task`, `Memory state around`, `>?[0-9a-f]{16}: `, `which belongs to`, `(?:freed |allocated )?\d+-byte region`, `\^$`,
		`-> #\d+`, `#\d+: `, `lock\(`, `\*\*\* DEADLOCK`, `CPU\d\b`, `but task is already`, `which lock already`, `the existing dependency`, `other info that might`, `Possible unsafe`, `May be due to`, `\d+ locks? held by`, `\S+/\d+ is trying to acquire`, `[0-9a-f]{16} \(.*\)\{`, `in_atomic\(\)`, `preempt_count: `, `RCU nest depth`, `kernel BUG at`, `Kernel Offset:`, `---\[`, `Unloaded tainted modules`, `Comm: `,
	}, "|") + `)`)
	tailLine  = regexp.MustCompile(`^(?:note: \S+ exited with |Kernel Offset: |RIP: |Code: |RSP: |R[A-Z0-9]{2}: |[CDEFGS]S: |CR\d: |DR\d: |PKRU: |EFLAGS: )`)
	endLine   = regexp.MustCompile(`^---\[ end (?:trace|Kernel panic)`)
	cutLine   = regexp.MustCompile(`^-+\[ cut here \]-+$`)
	optimised = regexp.MustCompile(`\.(?:constprop|isra|part|cold|llvm)\b.*$`)
)

func isBody(text string) bool   { return frameLine.MatchString(text) || bodyLine.MatchString(text) }
func isTail(text string) bool   { return tailLine.MatchString(text) }
func endTrace(text string) bool { return endLine.MatchString(text) }
func cutHere(text string) bool  { return cutLine.MatchString(text) }

// helper are functions that stand on top of a trace because they report or
// wait, not because it happened there.
var helper = regexp.MustCompile(`^(?:_*(?:warn_slowpath_\w+|warn|report_bug|dump_stack\w*|show_stack|panic|die|oops\w*|schedule\w*|io_schedule\w*|msleep\w*|usleep\w*|` +
	`refcount_(?:warn_saturate|\w+)|list_(?:add|del)_\w+|rwsem_\w+|down_\w+|mutex_\w+|wait_for_com\w+|preempt_schedule\w*|cond_resched|might_(?:sleep|resched)|` +
	`sysfs_(?:warn_dup|create_dir_ns)|stack_chk_fail|ubsan_\w+|fortify_panic|usercopy_abort|kasan_\w+|kfence_\w+|bad_page\w*|slab_\w+|kfree|kmem_cache_\w+|` +
	`alloc_pages?\w*|out_of_memory|oom_kill_process|dump_header|get_free_pages|memset\w*|memcpy\w*|asm_\w+|exc_\w+|x86_asm_\w+|object_err|print_\w+|check_\w+|lock_acquire\w*|validate_chain|__lock_acquire|register_lock_class|assign_lock_key|free_\w+|do_task_dead|\w*_?nmi_\w+|end_repeat_nmi|rcu_\w+|delay_\w+|vpanic|do_error_trap|ret_from_\w+|native_\w+))$`)

// callTrace returns the frames of a report, innermost first, and the first
// module among them. Frames that the unwinder does not vouch for count only
// where there are no others: after a jump into nowhere. A report may hold more
// traces than the one that tells where it happened: who allocated and freed the
// memory, which locks were taken in which order, the registers once more after
// the end.
func callTrace(head string, lines []string) (frames []frame, module string) {
	var named, doubtful []frame
	if m := headFrame.FindStringSubmatch(head); m != nil {
		named = []frame{{optimised.ReplaceAllString(m[1], ""), m[2]}}
	}
	frames = named
	for _, line := range lines {
		if otherTrace.MatchString(line) || endTrace(line) {
			break
		}
		if line == "stack backtrace:" {
			frames = named
		}
		guess := strings.HasPrefix(line, "? ")
		m := frameLine.FindStringSubmatch(strings.TrimPrefix(line, "? "))
		switch {
		case m == nil:
		case guess:
			doubtful = appendFrame(doubtful, frame{optimised.ReplaceAllString(m[2], ""), m[3]})
		default:
			frames = appendFrame(frames, frame{optimised.ReplaceAllString(m[2], ""), m[3]})
		}
	}
	if len(frames) == 0 {
		frames = doubtful
	}
	for _, f := range frames {
		if f.module != "" {
			return frames, f.module
		}
	}
	return frames, ""
}

// appendFrame appends a frame unless it is the one before it: the register
// that tells where it happened is also the head of some traces.
func appendFrame(frames []frame, f frame) []frame {
	if len(frames) > 0 && frames[len(frames)-1] == f {
		return frames
	}
	return append(frames, f)
}

func names(frames []frame) []string {
	var all []string
	for _, f := range frames {
		all = append(all, f.function)
	}
	return all
}
