// SPDX-License-Identifier: GPL-2.0-only

// Package klog reads a kernel's log in the forms in which people have it: a
// serial console, dmesg with one kind of times or another, the journal, records
// of /dev/kmsg. What was said is the same in all of them, and it is all that
// leaves this package.
package klog

import "time"

// Line is what a kernel printed in one line.
type Line struct {
	N       int           // which line of the file it stands in, from 1
	Text    string        // what was printed: no stamp, no prefix of the form, no colours, no blank at its end
	Stamped bool          // the form told when
	Time    time.Duration // since boot, where the stamp counts from there; else 0
	Caller  string        // "T12" or "C0", where the kernel tells (CONFIG_PRINTK_CALLER); "" where it does not
	Level   int           // 0 (emergency) to 7 (debug), the level of printk; -1 where the form does not tell
	Other   bool          // not the kernel: another facility, or text between stamped lines that has no stamp
}
