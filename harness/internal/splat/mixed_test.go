// SPDX-License-Identifier: GPL-2.0-only

package splat

import (
	"strings"
	"testing"
)

// TestMixed holds whose a line is when two CPUs report and no line tells its caller.
func TestMixed(t *testing.T) {
	for name, tt := range map[string]struct{ log, want string }{
		"an Oops, and a dump that begins within it": {`
BUG: kernel NULL pointer dereference, address: 0000000000000008
Oops: 0002 [#1] SMP
CPU: 0 PID: 81 Comm: a Not tainted 6.1.0 #1
BUG: sleeping function called from invalid context at mm/x.c:1
RIP: 0010:f+0x1/0x2 [m]
CPU: 1 PID: 82 Comm: b Not tainted 6.1.0 #1
RAX: 0000000000000000 RBX: 0000000000000000 RCX: 0000000000000000
Call Trace:
 <TASK>
 dump_stack_lvl+0x1/0x2
 g+0x1/0x2 [n]
 </TASK>
---[ end trace 0000000000000000 ]---`, "oops f, bug -"},
		"a dump, and an Oops that begins within its trace": {`
BUG: sleeping function called from invalid context at mm/x.c:1
CPU: 1 PID: 82 Comm: b Not tainted 6.1.0 #1
Call Trace:
 <TASK>
 dump_stack_lvl+0x1/0x2
BUG: kernel NULL pointer dereference, address: 0000000000000008
 g+0x1/0x2 [n]
Oops: 0002 [#1] SMP
CPU: 0 PID: 81 Comm: a Not tainted 6.1.0 #1
 do_one_initcall+0x1/0x2
RIP: 0010:f+0x1/0x2 [m]
 </TASK>
Call Trace:
 <TASK>
 m_init+0x1/0x2 [m]
 </TASK>
---[ end trace 0000000000000000 ]---`, "bug g, oops f"},
		"two dumps in a row, neither with an end": {`
BUG: sleeping function called from invalid context at mm/x.c:1
CPU: 1 PID: 82 Comm: b Not tainted 5.10.0 #1
Call Trace:
 dump_stack+0x1/0x2
 g+0x1/0x2 [n]
BUG: scheduling while atomic: a/81/0x00000002
CPU: 0 PID: 81 Comm: a Not tainted 5.10.0 #1
Call Trace:
 dump_stack+0x1/0x2
 f+0x1/0x2 [m]`, "bug g, bug f"},
		"frames that may be of both": {`
BUG: sleeping function called from invalid context at mm/x.c:1
CPU: 1 PID: 82 Comm: b Not tainted 6.1.0 #1
Call Trace:
 <TASK>
 dump_stack_lvl+0x1/0x2
BUG: Bad page state in process a  pfn:06b2a
CPU: 0 PID: 81 Comm: a Not tainted 6.1.0 #1
Call Trace:
 <TASK>
 dump_stack_lvl+0x1/0x2
 g+0x1/0x2 [n]
 f+0x1/0x2 [m]
 </TASK>
 </TASK>`, "bug -, memory -"},
		"lines were dropped": {`
BUG: sleeping function called from invalid context at mm/x.c:1
CPU: 1 PID: 82 Comm: b Not tainted 6.1.0 #1
Call Trace:
 <TASK>
 dump_stack_lvl+0x1/0x2
** 23 printk messages dropped **
BUG: Bad page state in process a  pfn:06b2a
** 23 printk messages dropped **
Call Trace:
 <TASK>
 f+0x1/0x2 [m]
 </TASK>`, "bug dump_stack_lvl, memory f"},
	} {
		t.Run(name, func(t *testing.T) {
			splats := find(strings.TrimPrefix(tt.log, "\n"))
			if got := pinned(splats); got != tt.want {
				t.Errorf("Find() = %s; want %s\n%s", got, tt.want, describe(splats))
			}
			for i, s := range splats {
				if i > 0 && s.First <= splats[i-1].Last {
					t.Errorf("reports overlap:\n%s", describe(splats))
				}
			}
		})
	}
}
