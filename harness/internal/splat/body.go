// SPDX-License-Identifier: GPL-2.0-only

package splat

import (
	"regexp"
	"strings"
)

// bodyLines match the lines of a report that are neither its first nor a
// frame, by the beginning of each. They are not one expression: a long one
// makes package regexp take its slow road.
var bodyLines = newByFirst([]*regexp.Regexp{
	// Who and where: dump_stack_print_info(), show_regs(), show_trace_log_lvl().
	starting(`CPU: |CPU#|Comm: |Hardware name:|Workqueue:|Modules linked in:|Unloaded tainted modules|Tainted: |Not tainted |Call [Tt]race:|</?[A-Z#!]+>$|\? |Kernel Offset:|---\[`),
	starting(`RIP: |Code: |R[A-Z0-9]{2}: |EFLAGS: |[CDEFGS]S: |CR2: |DR\d: |PKRU: `),
	// The same of arm64 (arch/arm64/kernel/process.c, arch/arm64/mm/fault.c).
	starting(`(?:pc|lr|sp) : |x\d+ ?: |pstate: |Mem abort info:|Data abort info:|ESR = |EC = |SET = |FSC = |CM = |ISV = |(?:user|swapper) pgtable: |\[[0-9a-f]{16}\] p4?gd=`),
	// Page faults and the end of the task.
	starting(`#PF: |PGD |P4D |PUD |note: \S+ exited with|Disabling lock debugging|kernel BUG at|Preemption disabled at:`),
	// Lockups: show_task(), the RCU stall's table, backtraces asked for by NMI.
	starting(`task:|"echo 0 > |rcu: |INFO: |\(t=\d+ jiffies|Blocked by|NMI backtrace|Sending NMI|irq event stamp|(?:hard|soft)irqs last`),
	// What KASAN and KMSAN say of a fault that is told by somebody else, KCSAN's
	// two sides, kmemleak's dump (mm/kasan, mm/kmsan, kernel/kcsan, mm/kmemleak.c).
	starting(`KASAN: |kasan: |(?:read|write|assert no accesses)(?:-write)? (?:\(\w+\) )?to 0x|value changed: |Reported by Kernel|Uninit was |Local variable |Bytes? \d+|comm "|hex dump|backtrace|[0-9a-f]{2} [0-9a-f]{2} [0-9a-f]{2} `),
	// arm, RISC-V, powerpc, s390 (show_regs of each).
	starting(`(?:PC|LR) is at |(?:PC|LR|ra|epc|NIP|LR) ?: |psr: |Flags: |Control: |Process |Stack: |Krnl |status: |Last Breaking|NIP |LR |GPR\d\d: |CFAR: |Internal error: |\[<?[0-9a-f]{8,16}>?\] \(`),
	// A name that sysfs has already (lib/kobject.c, kobject_add_internal).
	starting(`(?:kobject: )?kobject_add_internal failed for `),
	// Two registers or more, or words of a stack, in the forms of all of these.
	starting(`(?:\$ ?\d+|\w{1,6})?(?: +\w{1,6})? *[:=]? *(?:[0-9a-f]{16}|[0-9a-f]{8})(?:[ ,]+(?:\w{1,6} ?[:=]? ?)?(?:[0-9a-f]{16}|[0-9a-f]{8}))+`),
	starting(`TSTATE: |[TR]PC: |[goli]0: [0-9a-f]{16}|IASQ: |IAOQ\[|ORIG_R28: |RP\(r2\): |Backtrace:|tsk->`),
	starting(`Krnl |[>#]?[0-9a-f]{16}: |[0-9a-f]{4}: +[0-9a-f]{8}|(?:Failing address|Fault in|AS:|R:\d T:\d)|Faulting instruction|REGS: |MSR: |IRQMASK: |Instruction dump|[LB]E PAGE_SIZE|Exception stack|ISA |(?:CRMD|PRMD|EUEN|ECFG|ESTAT|BadVA|PrId|Cause|Status|ExcCode|Hi|Lo|Acx|XER|CTR) *: |\*HwTLS`),
	// What a work item and a per-CPU variable are reported with.
	starting(`(?:last function|caller is|preempt=0x)[: ]?`),
	// Lists and pages.
	starting(`next=|prev=|page: ?refcount|page:|raw: |flags: |page dumped because|page_type: `),
	// The slab allocator, KFENCE and KASAN.
	starting(`Slab 0x|Object |Redzone |Padding |FIX |(?i:allocated|freed) (?:in|by task) |={20,}|-{20,}|kfence-#|Use-after-free |Out-of-bounds |Invalid free |Memory corruption `),
	starting(`(?:Read|Write) of size|The buggy address|which belongs to|(?:freed |allocated )?\d+-byte region|Memory state around|>?[0-9a-f]{16}: |\^$`),
	// Out of memory: show_mem(), dump_unreclaimable_slab(), dump_tasks().
	starting(`Mem-Info:|\w+:\d+ \w+:\d+|Node \d+ |lowmem_reserve|\d+ (?:total pagecache |)pages\b|(?:Free|Total) swap|Unreclaimable slab info|Name +Used|\S+ +\d+KB +\d+KB$`),
	starting(`Tasks state|\[ *(?:pid|\d+) *\]|oom-kill:|oom_reaper:`),
	// Lockdep and sleeping where it is forbidden.
	starting(`-> #\d+|#\d+: |r?lock\(|\*\*\* DEADLOCK|CPU\d\b|but task is already|which lock already|the existing dependency|other info that might|Possible unsafe|May be due to`),
	starting(`\d+ locks? held by|\S+/\d+ is trying to acquire|[0-9a-f]{16} \(.*\)\{|stack backtrace:|in_atomic\(\)|preempt_count: |RCU nest depth`),
})

// isBody tells whether a line may be part of a report.
func isBody(text string) bool {
	if _, ok := parseFrame(text); ok {
		return true
	}
	return bodyLines.match(text) || strings.HasSuffix(text, "[inline]") && inlined.MatchString(text)
}
