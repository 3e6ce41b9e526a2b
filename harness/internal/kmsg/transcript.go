// SPDX-License-Identifier: GPL-2.0-only

package kmsg

import (
	"regexp"
	"strings"
	"time"

	"kmodlab/harness/internal/klog"
	"kmodlab/harness/internal/splat"
)

// noise are the kernel's lines that belong to no lesson: whether they are
// printed depends on what was loaded before, or on the clock, not on the
// module. Every other line of a step is part of its transcript.
var noise = []*regexp.Regexp{
	// The first out-of-tree module of a kernel's life taints it
	// (kernel/module/main.c, check_modinfo).
	regexp.MustCompile(`: loading out-of-tree module taints kernel\.$`),
	// Likewise for the first unsigned one: no key of ours is in a
	// distribution's kernel (kernel/module/main.c, load_module).
	regexp.MustCompile(`: module verification failed: signature and/or required key missing - tainting kernel$`),
	// The random pool's readiness comes when it comes (drivers/char/random.c).
	regexp.MustCompile(`^random: crng init done$`),
	// The clock is refined one second after the boot switched to it, in a work
	// queue (arch/x86/kernel/tsc.c, kernel/time/clocksource.c): seen on 5.10,
	// 6.1, 6.12 and 7.3, before init on a slow boot and after it on a fast one.
	regexp.MustCompile(`^tsc: Refined TSC clocksource calibration: `),
	regexp.MustCompile(`^clocksource: (?:\S+: mask: |Switched to clocksource )`),
	// The agent's worker is a real-time task. Where the host is slow, a step can
	// take more than 95 % of a second (kernel/sched/rt.c); a worker that never
	// comes back is a hang without this line, too.
	regexp.MustCompile(`^sched: RT throttling activated$`),
	// More than a millisecond is long for a handler of NMIs, and nothing out of
	// the ordinary under emulation, which meets its code for the first time
	// (arch/x86/kernel/nmi.c, nmi_check_duration).
	regexp.MustCompile(`^INFO: NMI handler \(.+\) took too long to run: \d+\.\d+ msecs$`),
	// How long the freezer took (kernel/power/process.c), and which function of
	// a driver refused, with an offset that the compiler decides
	// (drivers/base/power/main.c, suspend_report_result).
	regexp.MustCompile(`^Freezing .+\(elapsed \d+\.\d+ seconds\)`),
	regexp.MustCompile(`(?:^|: )PM: \w+\(\): .+ returns -?\d+$`),
	// How long the firmware took to stop a CPU (drivers/firmware/psci/psci.c,
	// cpu_psci_cpu_kill).
	regexp.MustCompile(`^psci: CPU\d+ killed \(polled \d+ ms\)$`),
}

// IsNoise tells whether a kernel line belongs to no lesson.
func IsNoise(text string) bool {
	for _, n := range noise {
		if n.MatchString(text) {
			return true
		}
	}
	return false
}

// Transcript returns the lines of records that a lesson must account for: all
// that the kernel printed, without timestamps and without noise, and with each
// report of trouble and each stack dump folded to one line. What user
// space wrote to the log is not the kernel's word and is left out.
func Transcript(records []Record) []string {
	var lines []string
	for _, r := range records {
		if r.Facility != 0 || IsNoise(r.Text) {
			continue
		}
		lines = append(lines, strings.Split(r.Text, "\n")...)
	}
	return splat.Fold(lines)
}

// ConsoleTranscript returns the lines of a console that a lesson must account
// for, as [Transcript] does for records: those that were logged later than at
// after, on the clock of [Record.Time]. A console may show a line late. What
// bears no timestamp is user space's. lost is that of [HeldUp].
func ConsoleTranscript(console string, after time.Duration, lost func() time.Duration) []string {
	var lines []string
	for line := range klog.Text(console) {
		if line.Stamped && line.Time > after && !IsNoise(line.Text) {
			lines = append(lines, line.Text)
		}
	}
	var kept []string
	excused := excuse(lines, lost)
	for i, line := range lines {
		if !excused[i] {
			kept = append(kept, line)
		}
	}
	return splat.Fold(kept)
}
