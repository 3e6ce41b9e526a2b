// SPDX-License-Identifier: GPL-2.0-only

package splat

import "strings"

// Essence returns the lines of the report that a person reads first: what
// happened, where, and the frames that the unwinder vouches for. Registers,
// code bytes and page tables are left out, and whatever comes after the first
// trace has ended.
func (s Splat) Essence() []string {
	var lines []string
	for _, line := range s.Lines {
		if endTrace(line) {
			break
		}
		if !isDetail(line) {
			lines = append(lines, line)
		}
	}
	return lines
}

// details are what lines begin with that few people can read, on x86 and on
// arm64.
var details = starting(`Code: |R[A-Z0-9]{2}: |EFLAGS: |[CDEFGS]S: |CR\d: |DR\d: |PKRU: |PGD |P4D |PUD |\? |x\d+ *: |sp : |pstate: |Modules linked in:|Unloaded tainted modules|Hardware name:|Kernel Offset:|Tainted: |</?[A-Z#!]+>$|-+\[ cut here \]-+$`)

// isDetail tells whether a line is one of details. RSP has the form of a
// register, RIP tells where it happened,
// unless it is that of user space.
func isDetail(line string) bool {
	return details.MatchString(line) && !strings.HasPrefix(line, "RIP: 0010:")
}
