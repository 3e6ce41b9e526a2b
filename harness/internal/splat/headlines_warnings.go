// SPDX-License-Identifier: GPL-2.0-only

package splat

// warnings are WARN() and its like.
var warnings = []headline{
	anywhere(begins(Warning, "WARNING", `WARNING: (?:CPU: \d+ PID: \d+ )?at \S|WARNING: \S+:\d+ at \w`)), // kernel/panic.c, lib/bug.c
	begins(Warning, "the stack cannot be unwound", `WARNING: (?:kernel stack (?:regs|frame pointer) at|stack recursion on stack type|stack going in the wrong direction|can't (?:access|dereference) (?:iret )?registers at|unknown (?:SP base reg|BP base reg|\.orc_unwind entry type)|missing \w+ value at|WARNING: bad lookup)`), // arch/x86/kernel/unwind_frame.c, unwind_orc.c, dumpstack_64.c
	withTrace(begins(Warning, "WARNING", `WARNING: `)), // everything else
}

// taints are what a module says of itself, or has done to it (kernel/module/main.c,
// kernel/module.c before 5.19).
var taints = []headline{
	says(Taint, "taint: $1", `(?:\S+: )?module license '(.*?)' taints kernel`),
	says(Taint, "taint: symbols of a proprietary module", `\S+: module uses symbols .*from proprietary module \S+, inheriting taint`),
	says(Taint, "taint: staging directory", `\S+: module is from the staging directory`),
	says(Taint, "taint: test module", `\S+: loading test module taints kernel\.`),
	says(Taint, "taint: $1", `\S+: ([\w ]{1,40}): kernel tainted\.`), // try_to_force_load(): "bad vermagic", "no symbol version for module_layout"
}

// quiet are dumps that somebody asked for (drivers/tty/sysrq.c, lib/nmi_backtrace.c).
var quiet = starting(`sysrq: |SysRq : |NMI backtrace for cpu|Sending NMI from CPU`)
