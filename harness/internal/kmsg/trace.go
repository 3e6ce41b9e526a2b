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
	tailLine   = regexp.MustCompile(`^(?:note: \S+ exited with |Kernel Offset: |RIP: |Code: |RSP: |R[A-Z0-9]{2}: |[CDEFGS]S: |CR\d: |DR\d: |PKRU: |EFLAGS: )`)
	endLine    = regexp.MustCompile(`^---\[ end (?:trace|Kernel panic)`)
	cutLine    = regexp.MustCompile(`^-+\[ cut here \]-+$`)
	optimised  = regexp.MustCompile(`\.(?:constprop|isra|part|cold|llvm)\b.*$`)
)

func isTail(text string) bool   { return tailLine.MatchString(text) }
func endTrace(text string) bool { return endLine.MatchString(text) }
func cutHere(text string) bool  { return cutLine.MatchString(text) }

// helper are functions that stand on top of a trace because they report or
// wait, not because it happened there.
var helper = regexp.MustCompile(`^_*(?:` + strings.Join([]string{
	`warn_slowpath_\w+|warn|report_bug|dump_stack\w*|dump_backtrace|show_stack|v?panic|die|oops\w*|stack_chk_fail|fortify_panic|usercopy_abort`, // what prints
	`\w*_?nmi_\w+|end_repeat_nmi|asm_\w+|exc_\w+|x86_asm_\w+|ret_from_\w+|native_\w+|do_error_trap`,                                             // the way into it
	`schedule\w*|io_schedule\w*|preempt_schedule\w*|cond_resched|might_(?:sleep|resched)|msleep\w*|usleep\w*|delay_\w+|do_task_dead|rcu_\w+`,
	`rwsem_\w+|down_\w+|mutex_\w+|wait_for_com\w+|lock_acquire\w*|validate_chain|register_lock_class|assign_lock_key`,
	`refcount_\w+|list_(?:add|del)_\w+|sysfs_(?:warn_dup|create_dir_ns)|ubsan_\w+|kasan_\w+|kfence_\w+|memset\w*|memcpy\w*`,
	`slab_\w+|kfree|kmem_cache_\w+|object_err|bad_page\w*|free_\w+|alloc_\w+|get_free_pages\w*|warn_alloc|out_of_memory|oom_kill_process|dump_header`,
	`print_\w+|check_\w+`,
}, "|") + `)$`)

// inlined are helpers that the compiler may put into a module.
var inlined = regexp.MustCompile(`^_*refcount_`)

// callTrace returns the frames of a report, innermost first, and the first
// module among them. Frames that the unwinder does not vouch for count only
// where there are no others: after a jump into nowhere. A report may hold more
// traces than the one that tells where it happened: who allocated and freed the
// memory, which locks were taken in which order, the registers once more after
// the end.
func callTrace(head string, lines []string) ([]frame, string) {
	var named, frames, doubtful []frame
	if m := headFrame.FindStringSubmatch(head); m != nil {
		named = []frame{{optimised.ReplaceAllString(m[1], ""), m[2]}}
	}
	frames = named
	other := false
	for _, line := range lines {
		switch {
		case endTrace(line):
			return chosen(frames, doubtful)
		case otherTrace.MatchString(line):
			other = true
		case line == "Call Trace:", line == "Call trace:": // of arm64
			other = false
		case line == "stack backtrace:":
			frames = named
		}
		if other {
			continue
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
	return chosen(frames, doubtful)
}

// chosen returns the frames, or the doubtful ones where there are none, and the
// first module among them.
func chosen(frames, doubtful []frame) ([]frame, string) {
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
