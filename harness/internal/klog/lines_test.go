// SPDX-License-Identifier: GPL-2.0-only

package klog

import (
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"
)

// What stands in the lines of a log, and which are whose, as show writes it.
func TestLines(t *testing.T) {
	for name, tt := range map[string]struct{ log, want string }{
		"nothing":      {"", ""},
		"one line":     {"BUG: x", "1 - -1 kernel|BUG: x\n"},
		"empty lines":  {"\n\na\n", "1 - -1 kernel|\n2 - -1 kernel|\n3 - -1 kernel|a\n"},
		"blanks":       {"[    1.000000]  <TASK> \t\n", "1 1s -1 kernel| <TASK>\n"},
		"an empty one": {"[    1.000000] \n[    1.000000]\n", "1 1s -1 kernel|\n2 1s -1 kernel|\n"},

		// Whose lines are.
		"user space between stamps": {"[    1.000000] a\nlogin: \n[    2.000000] b\n", "1 1s -1 kernel|a\n2 - -1 other|login:\n3 2s -1 kernel|b\n"},
		"firmware first":            {"SeaBIOS\n\nDecompressing Linux...\n[    0.000000] Linux version\n", "1 - -1 other|SeaBIOS\n2 - -1 other|\n3 - -1 other|Decompressing Linux...\n4 0s -1 kernel|Linux version\n"},
		"no stamp at all":           {"BUG: x\n CPU: 0\n#PF: y\n", "1 - -1 kernel|BUG: x\n2 - -1 kernel| CPU: 0\n3 - -1 kernel|#PF: y\n"},
		"facilities":                {"<30>[    1.000000] systemd[1]: a\ndaemon:info  : [    1.000000] b\n30,1,7,-;c\n", "1 1s 6 other|systemd[1]: a\n2 1s 6 other|b\n3 7µs 6 other|c\n"},

		// More than one in a line.
		"a prompt":                {"root@x:~# [    1.000000][   T12] a\n", "1 - -1 other|root@x:~#\n1 1s -1 kernel T12|a\n"},
		"a prompt and a priority": {"# <4>[    1.000000] a <x>[    2.000000] b", "1 - -1 other|#\n1 1s 4 kernel|a <x>\n1 2s -1 kernel|b\n"},
		"an unfinished line":      {"[    1.000000] Freezing ... [    1.000005] b\n(elapsed) done.\n", "1 1s -1 kernel|Freezing ...\n1 1.000005s -1 kernel|b\n2 - -1 other|(elapsed) done.\n"},
		"two at once":             {"[    1.000000] [    2.000000] a[    3.000000] b", "1 2s -1 kernel|a\n1 3s -1 kernel|b\n"},
		"brackets, no stamps":     {"[    1.000000] a [1.5] [   12.34] [pid  1.000000] [    1.000000]x [    1.0000001] [    12.000000] b\n", "1 1s -1 kernel|a [1.5] [   12.34] [pid  1.000000] [    1.000000]x [    1.0000001] [    12.000000] b\n"},
		"a login is no label":     {"host login: [    1.000000] a\n", "1 - -1 other|host login:\n1 1s -1 kernel|a\n"},
		"wide numbers":            {"[123456.000001] a\n x [123456.000001] b\n[999999999.999999] c\n", "1 34h17m36.000001s -1 kernel|a\n2 - -1 other| x\n2 34h17m36.000001s -1 kernel|b\n3 277777h46m39.999999s -1 kernel|c\n"},
		"a number too wide":       {"[9999999999.000000] c\n", "1 - -1 kernel|[9999999999.000000] c\n"},
		"frames are no stamps":    {"[    1.000000]  [<ffffffff81000000>] f+0x1/0x2\n", "1 1s -1 kernel| [<ffffffff81000000>] f+0x1/0x2\n"},

		// Records that were dropped.
		"dropped":                    {"[    1.000000] a\n** 23 printk messages dropped **\n[    2.000000] b\n", "1 1s -1 kernel|a\n2 - -1 kernel|** 23 printk messages dropped **\n3 2s -1 kernel|b\n"},
		"dropped before a stamp":     {"** 23 printk messages dropped ** [    2.000000] BUG: b\n", "1 - -1 kernel|** 23 printk messages dropped **\n1 2s -1 kernel|BUG: b\n"},
		"dropped before no stamp":    {"[    1.000000] a\n** 23 printk messages dropped ** BUG: b\nc\n", "1 1s -1 kernel|a\n2 - -1 kernel|** 23 printk messages dropped **\n2 - -1 kernel|BUG: b\n3 - -1 other|c\n"},
		"dropped behind a program":   {"[    1.000000] a\nCCCC** 1196 printk messages dropped **\n", "1 1s -1 kernel|a\n2 - -1 other|CCCC\n2 - -1 kernel|** 1196 printk messages dropped **\n"},
		"dropped behind a record":    {"[    1.000000] a** 1 printk messages dropped ** ** 2 printk messages dropped ** b\n", "1 1s -1 kernel|a\n1 - -1 kernel|** 1 printk messages dropped **\n1 - -1 kernel|** 2 printk messages dropped **\n1 - -1 kernel|b\n"},
		"a word on dropped messages": {"[    1.000000] 3 printk messages dropped ** a\n", "1 1s -1 kernel|3 printk messages dropped ** a\n"},

		// Records of several lines.
		"behind the stamp's width": {"[    1.000000] a\n               b\n                 c\n              d\n               e\n", "1 1s -1 kernel|a\n2 1s -1 kernel|b\n3 1s -1 kernel|  c\n4 - -1 other|              d\n5 - -1 other|               e\n"},
		"a host called so":         {"Nov 28 11:22:59 cron1 cron[1]: b\nNov 28 11:22:59 kernel1 kernel: a\n", "1 0s -1 other|cron[1]: b\n2 0s -1 kernel|a\n"},
		"of another program":       {"Nov 28 11:22:59 h a[1]: b\n                         c\n", "1 0s -1 other|a[1]: b\n2 0s -1 other| c\n"},
		"behind a line of two":     {"x [    1.000000] a\n               b\n", "1 - -1 other|x\n1 1s -1 kernel|a\n2 - -1 other|               b\n"},
		"a record's dictionary":    {"6,1,7,-;a\n SUBSYSTEM=acpi\n DEVICE=+acpi:x\nXA=b\n b\n SUBSYSTEM=y\n", "1 7µs 6 kernel|a\n4 - -1 other|XA=b\n5 - -1 other| b\n6 - -1 other| SUBSYSTEM=y\n"},
		"a record's newline":       {`6,1,7,c,caller=C0;a\x0ab\x1b[1mc\xff` + "\n", "1 7µs 6 kernel C0|a\n1 7µs 6 kernel C0|bc?\n"},

		// What is not text.
		"garbage":      {"[    1.000000] a\x00\x01b\xff\xc3\x28\x7fc\u202ed\u0085e\tf ä\n", "1 1s -1 kernel|ab??(c?de\tf ä\n"},
		"colours":      {"\x1b[0;32m[    1.000000]\x1b[0m a\x1b]0;title\ab\x1b]8;;x:y\x1b\\c\x1b(Bd\x1bMe\x1b", "1 1s -1 kernel|abcde\n"},
		"no end":       {"\x1b]a\x1b]b\x1b[1", "1 - -1 kernel|ab\n"},
		"only colours": {"a\n\x1b[0m\nb\n", "1 - -1 kernel|a\n3 - -1 kernel|b\n"},

		// The journal, syslog.
		"a stamp behind the name":   {"Nov 28 11:22:59 h kernel: [   12.500000][  T1] a [   13.000000] b\n", "1 12.5s -1 kernel T1|a [   13.000000] b\n"},
		"the day has one digit":     {"Nov  8 11:22:59 h kernel: a\n", "1 0s -1 kernel|a\n"},
		"another language":          {"févr. 28 11:22:59 h kernel: a\n[sam. févr. 28 11:22:59 2026] b\n", "1 0s -1 kernel|a\n2 0s -1 kernel|b\n"},
		"nobody said it":            {"Nov 28 11:22:59 h kernel: a\nNov 28 11:22:59 h last message repeated 2 times\n-- Boot 0 --\n", "1 0s -1 kernel|a\n2 - -1 other|h last message repeated 2 times\n3 - -1 other|-- Boot 0 --\n"},
		"a daemon without a number": {"2026-11-28T11:22:59+00:00 h cron: a\n2026-11-28T11:22:59Z h cron: a\n", "1 0s -1 other|cron: a\n2 - -1 other|h cron: a\n"},
		"a runner's BUG":            {"2026-11-28T11:22:59Z BUG: kernel NULL pointer\n2026-11-28T11:22:59.123Z Modules linked in: a\n", "1 - -1 kernel|BUG: kernel NULL pointer\n2 - -1 kernel|Modules linked in: a\n"},
		"a runner's user space":     {"2026-11-28T11:22:59Z [    1.000000] a\n2026-11-28T11:22:59Z b\n", "1 1s -1 kernel|a\n2 - -1 other|b\n"},
		"monotonic, kernel last":    {"[    1.000000] h systemd[1]: a\n[    2.000000] h kernel: b: c\n[    3.000000] h (x)[2]: d\n", "1 1s -1 other|systemd[1]: a\n2 2s -1 kernel|b: c\n3 3s -1 other|(x)[2]: d\n"},
		"monotonic, then dmesg":     {"[    2.000000] h kernel: b\n[    2.000000] usb 1: c\n[    3.000000] h systemd[1]: d\n", "1 2s -1 kernel|b\n2 2s -1 kernel|usb 1: c\n3 3s -1 kernel|h systemd[1]: d\n"},
		"no monotonic":              {"[    0.000000] Booting kernel: `x' invalid for parameter `y'\n", "1 0s -1 kernel|Booting kernel: `x' invalid for parameter `y'\n"},
		"a journal's bytes":         {`{"MESSAGE":[97,27,91,49,109,255,98],"_TRANSPORT":"kernel","PRIORITY":"3"}` + "\n", "1 0s 3 kernel|a?b\n"},
		"a journal's null":          {`{"MESSAGE":null,"_TRANSPORT":"kernel"}` + "\n", "1 0s -1 kernel|\n"},
		"a journal's two":           {`{"MESSAGE":["a","b"],"_TRANSPORT":["kernel"]}` + "\n", "1 0s -1 kernel|a\n"},
		"a facility":                {`{"MESSAGE":"a","_TRANSPORT":"kernel","SYSLOG_FACILITY":"3"}` + "\n", "1 0s -1 other|a\n"},
		"the source's time":         {`{"MESSAGE":"a","_SOURCE_MONOTONIC_TIMESTAMP":"5","__MONOTONIC_TIMESTAMP":"9"}` + "\n", "1 5µs -1 kernel|a\n"},
		"a character in two parts":  {`{"MESSAGE":"\ud83d\ude00x\ud83dx\u00e4\u12"}` + "\n", "1 0s -1 kernel|😀x�xä�\n"},
		"a journal behind a word":   {"a\n" + `{"MESSAGE":"b"}` + "\n               c\n", "1 - -1 other|a\n2 0s -1 kernel|b\n3 - -1 other|               c\n"},
		"a journal behind a stamp":  {"[    1.000000 <    0.000001*>] a\n" + `{"MESSAGE":"b"}` + "\n               c\n", "1 1s -1 kernel|a\n2 0s -1 kernel|b\n3 - -1 other|               c\n"},
		"JSON of others":            {"[    1.000000] a\n{\"a\": 1}\n{\"MESSAGE\": tru\n", "1 1s -1 kernel|a\n2 - -1 other|{\"a\": 1}\n3 - -1 other|{\"MESSAGE\": tru\n"},
		"a pretty object of others": {"[    1.000000] a\n{\n\t\"a\" : 1\n}\n[    2.000000] b\n", "1 1s -1 kernel|a\n2 - -1 other|{\n3 - -1 other|\t\"a\" : 1\n4 - -1 other|}\n5 2s -1 kernel|b\n"},

		// Forms that change.
		"dmesg -J within":         {"[    1.000000] a\n# dmesg -J\n{\n   \"dmesg\": [\n      {\n \"pri\": 4, \"msg\": \"b {\\\"}\\u001b[1m\\nc\"\n      }\n   ]\n}\n[    2.000000] d\n", "1 1s -1 kernel|a\n2 - -1 other|# dmesg -J\n6 - 4 kernel|b {\"}\n6 - 4 kernel|c\n10 2s -1 kernel|d\n"},
		"dmesg -J, cut":           {"{\"dmesg\": [{\"msg\": \"a\"}, {\"msg\": \"b\n[    1.000000] c\n", "1 - -1 kernel|a\n1 - -1 other|{\"msg\": \"b\n2 1s -1 kernel|c\n"},
		"dmesg -J, cut and again": {"{\"dmesg\": [{\"pri\": 4,\n$ dmesg -J\n{\"dmesg\": [{\"msg\": \"a\n{\"dmesg\": [{\"msg\": \"b\"}]}\n", "1 - -1 other|{\"pri\": 4,\n2 - -1 other|$ dmesg -J\n3 - -1 other|{\"msg\": \"a\n4 - -1 kernel|b\n"},
		"dmesg -J, cut elsewhere": {"{\"dmesg\": [{\"pri\": 4,\n$ dmesg -J\n{\"dmesg\": [{\"msg\": \"b\"}]}\n", "1 - -1 other|{\"pri\": 4,\n2 - -1 other|$ dmesg -J\n3 - -1 kernel|b\n"},
		"dmesg -J, written into":  {"{\"dmesg\": [{\"msg\": \"a\n[    1.000000] c\n\"}]}\n", "1 - -1 other|{\"msg\": \"a\n2 1s -1 kernel|c\n3 - -1 other|\"}]}\n"},
		"dmesg -J, nothing":       {"{\"dmesg\": []}\na", "2 - -1 other|a\n"},
		"boot to journal":         {"[    1.000000] a\n$ journalctl -k\nNov 28 11:22:59 h kernel: b\n6,1,7,-;c\nkern  :err   : d\n[Nov28 11:22] e\n[  +0.000012] f\n[<    0.000012>] g\n", "1 1s -1 kernel|a\n2 - -1 other|$ journalctl -k\n3 0s -1 kernel|b\n4 7µs 6 kernel|c\n5 - 3 kernel|d\n6 0s -1 kernel|e\n7 0s -1 kernel|f\n8 0s -1 kernel|g\n"},
	} {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(tt.want, show(read(t, strings.NewReader(tt.log)))); diff != "" {
				t.Errorf("Lines(%q): (-want +got)\n%s", tt.log, diff)
			}
		})
	}
}

// endless is a log of one line that never ends.
type endless struct{ n int }

func (e *endless) Read(p []byte) (int, error) {
	if e.n -= len(p); e.n < 0 {
		return 0, io.EOF
	}
	for i := range p {
		p[i] = 'x'
	}
	return len(p), nil
}

func TestLongLinesAreCut(t *testing.T) {
	log := io.MultiReader(strings.NewReader("[    1.000000] a\n[    2.000000] "), &endless{8 << 20}, strings.NewReader("\n[    3.000000] b\n"))
	lines := read(t, log)
	if len(lines) != 3 || len(lines[1].Text) != maxLine-len("[    2.000000] ") || lines[2].N != 3 || lines[2].Text != "b" {
		t.Errorf("%d lines, the second of %d bytes, the last %v; want 3, %d, and b in line 3", len(lines), len(lines[1].Text), lines[len(lines)-1], maxLine-15)
	}
}

func TestErrorsOfTheReader(t *testing.T) {
	log := "[    1.000000] a\n[    2."
	for name, r := range map[string]io.Reader{
		"for good":                io.MultiReader(strings.NewReader(log), iotest.ErrReader(iotest.ErrTimeout)),
		"that goes on afterwards": iotest.TimeoutReader(strings.NewReader(log)),
	} {
		var lines []Line
		var last error
		for l, err := range Lines(r) {
			if last = err; err == nil {
				lines = append(lines, l)
			}
		}
		if !errors.Is(last, iotest.ErrTimeout) || !strings.Contains(last.Error(), "line 2") || len(lines) != 2 {
			t.Errorf("an error %s: %v, %v; want two lines and then the error, in line 2", name, lines, last)
		}
	}
}

// Who breaks off is not called again: the language panics where one is.
func TestWhoHasEnough(t *testing.T) {
	for _, log := range []string{
		"[    1.000000] a[    2.000000] b[    3.000000] c\nd\n",
		`6,1,7,-;a\x0ab\x0ac` + "\nd\n",
		"** 1 printk messages dropped ** ** 2 printk messages dropped ** a\nb\n",
		"{\"dmesg\": [{\"msg\": \"a\\nb\\nc\"}, {\"msg\": \"d\"}]}",
		"a\nb\nc\n",
	} {
		n := 0
		for range Lines(strings.NewReader(log)) {
			if n++; n == 2 {
				break
			}
		}
		if n != 2 {
			t.Errorf("%d lines of %q; want 2", n, log)
		}
	}
}
