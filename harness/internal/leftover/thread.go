// SPDX-License-Identifier: GPL-2.0-only

package leftover

import (
	"strconv"
	"strings"
)

// kernelThread is PF_KTHREAD in the flags of a task (include/linux/sched.h, the
// same from 5.10 to 7.3).
const kernelThread = 0x00200000

// thread returns the name of the task whose file stat has that text, if it is a
// thread of the kernel. The name is in parentheses and may have some itself; the
// flags are the seventh number behind it (do_task_stat in fs/proc/array.c).
func thread(text string) []string {
	begin, end := strings.Index(text, "("), strings.LastIndex(text, ")")
	if begin < 0 || end < begin {
		return nil
	}
	const flags = 6
	fields := strings.Fields(text[end+1:])
	if len(fields) <= flags {
		return nil
	}
	n, err := strconv.ParseUint(fields[flags], 10, 64)
	if err != nil || n&kernelThread == 0 {
		return nil
	}
	return []string{"kernel thread " + text[begin+1:end]}
}
