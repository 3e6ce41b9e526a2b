// SPDX-License-Identifier: GPL-2.0-only

package splat

import "regexp"

// foldedTrace stands in a transcript for what dump_stack() prints: the addresses
// and registers in it differ from kernel to kernel, that it was printed does
// not.
const foldedTrace = "[call trace]"

var (
	// The first line of dump_stack() (lib/dump_stack.c,
	// dump_stack_print_info); the UID came with 6.12.
	traceBegins = regexp.MustCompile(`^CPU: \d+ (?:UID: \d+ )?PID: \d+ Comm: `)
	// What follows it: the frames, and the registers of the system call that
	// is under way (arch/x86/kernel/dumpstack.c, show_regs).
	traceGoesOn = regexp.MustCompile(`^(?:Tainted: |Hardware name: |Call [Tt]race:$| *</?(?:TASK|IRQ|NMI)>$| \?? ?[\w.]+\+0x[0-9a-f]+/0x[0-9a-f]+| entry_\w+|RIP: |Code: |RSP: |RAX: |RDX: |RBP: |R\d\d: )`)
)

// foldTraces puts [foldedTrace] in the place of each stack dump in lines.
func foldTraces(lines []string) []string {
	var folded []string
	inside := false
	for _, line := range lines {
		if inside && traceGoesOn.MatchString(line) {
			continue
		}
		inside = traceBegins.MatchString(line)
		if inside {
			line = foldedTrace
		}
		folded = append(folded, line)
	}
	return folded
}
