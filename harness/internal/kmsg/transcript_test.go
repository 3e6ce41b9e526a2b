// SPDX-License-Identifier: GPL-2.0-only

package kmsg

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestTranscript(t *testing.T) {
	records := func(texts ...string) (all []Record) {
		for i, text := range texts {
			all = append(all, Record{Seq: uint64(i), Text: text})
		}
		return all
	}
	for name, tt := range map[string]struct {
		records []Record
		want    []string
	}{
		"nothing":                 {nil, nil},
		"the kernel's two taints": {records("m: loading out-of-tree module taints kernel.", "m: module verification failed: signature and/or required key missing - tainting kernel", "m: hello"), []string{"m: hello"}},
		"other taints are told":   {records("m: module license 'Proprietary' taints kernel."), []string{"[taint] taint: Proprietary"}},
		"late boot chatter": {records("random: crng init done", "tsc: Refined TSC clocksource calibration: 2445.381 MHz",
			"clocksource: tsc: mask: 0xffffffffffffffff max_cycles: 0x233fad42433, max_idle_ns: 440795277567 ns", "clocksource: Switched to clocksource tsc"), nil},
		"a lesson may speak of noise":       {records("m: random: crng init done", "m: clocksource: Switched to clocksource tsc"), []string{"m: random: crng init done", "m: clocksource: Switched to clocksource tsc"}},
		"a report is one line":              {records("------------[ cut here ]------------", "WARNING: CPU: 0 PID: 1 at m.c:1 f+0x1/0x2 [m]", "---[ end trace 0 ]---", "m: on"), []string{"[warning] WARNING in f [m]", "m: on"}},
		"a record of two lines":             {records("a\nb"), []string{"a", "b"}},
		"empty lines and spaces are kept":   {records("", "  b "), []string{"", "  b "}},
		"what user space wrote is left out": {[]Record{{Facility: 1, Text: "init: hello"}, {Facility: 3, Text: "daemon"}, {Text: "m: hello"}}, []string{"m: hello"}},
	} {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(tt.want, Transcript(tt.records)); diff != "" {
				t.Errorf("Transcript: (-want +got)\n%s", diff)
			}
		})
	}
}

func TestConsoleTranscript(t *testing.T) {
	const console = "shutdown: bye\r\n" +
		"[   11.999999] m: shown late\r\n" +
		"[   12.000000] m: the last one that is known\r\n" +
		"[   12.000001] m: first\r\n" +
		"no newline[   12.000002] m: glued to what a program wrote\r\n" +
		"[   12.000003][    T1] m: with its caller\r\n" +
		"[   12.000004] random: crng init done\r\n" +
		"[   12.000004] Freezing user space processes completed (elapsed 0.001 seconds)\r\n" +
		"[   12.000004] m m: PM: device_prepare(): on_prepare+0x0/0x1b [m] returns -16\r\n" +
		"[   12.000004] sched: RT throttling activated\r\n" +
		"[   12.000004] INFO: NMI handler (on_nmi [tw_nmi]) took too long to run: 2.965 msecs\r\n" +
		"[   12.000005] reboot: Restarting system"
	want := []string{"m: first", "m: glued to what a program wrote", "m: with its caller", "reboot: Restarting system"}
	if diff := cmp.Diff(want, ConsoleTranscript(console, 12*time.Second, func() time.Duration { return 2 * time.Millisecond })); diff != "" {
		t.Errorf("ConsoleTranscript() differs (-want +got):\n%s", diff)
	}
}
