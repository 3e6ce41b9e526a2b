// SPDX-License-Identifier: GPL-2.0-only

package klog

import (
	"bytes"
	"os"
	"strings"
	"testing"
	"testing/iotest"
	"unicode"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
)

// FuzzLines checks of any bytes that they can be read, that nothing is added to
// them, and that what leaves is text.
func FuzzLines(f *testing.F) {
	files, err := os.ReadDir("testdata/forms")
	if err != nil {
		f.Fatal(err)
	}
	for _, file := range files {
		if log, err := os.ReadFile("testdata/forms/" + file.Name()); err == nil && strings.HasSuffix(file.Name(), ".log") {
			f.Add(log[:min(len(log), 700)])
		}
	}
	for _, log := range []string{
		"root@x:~# [    1.000000][   T12] a\n[    1.000000] Freezing ... [    1.000005] b\n",
		"** 23 printk messages dropped ** [    2.000000] BUG: b\n",
		"6,339,5140900,-,caller=T1;NET: \\x0aRegistered\n SUBSYSTEM=acpi\n",
		"{\"dmesg\": [{\"pri\": 4, \"msg\": \"a\\ud800\\u2028\"}, {\"msg\": \"b\n",
		"{\n\t\"MESSAGE\" : [ 97, 10, 255 ],\n\t\"_TRANSPORT\" : \"kernel\"\n}\n{\"MESSAGE\":[\"a\",[1]]}",
		"\xff\xfe[\x00 \x00\x1b]8;;x\x1b\\\x1b[1m\x1b(B\u202e\u0085",
		"[Sat Nov 28 11:22:59 2026 <    0.000000>] a\n[Nov28 11:22] b\n[  +0.000012] c\n[<    0.000012>] d\n",
	} {
		f.Add([]byte(log))
	}
	f.Fuzz(func(t *testing.T, log []byte) {
		lines := read(t, bytes.NewReader(log))
		n, sum := 1, 0
		for _, l := range lines {
			if l.N < n || l.N > bytes.Count(log, []byte{'\n'})+1 {
				t.Errorf("line %d after line %d of %q", l.N, n, log)
			}
			n = l.N
			sum += len(l.Text)
			if len(l.Text) > maxLine || l.Level < -1 || l.Level > 7 || l.Time < 0 {
				t.Errorf("%+v of %q", l, log)
			}
			if !utf8.ValidString(l.Text) || strings.ContainsFunc(l.Text, func(r rune) bool { return r != '\t' && !unicode.IsPrint(r) }) {
				t.Errorf("%q of %q is no text", l.Text, log)
			}
		}
		if sum > len(log) {
			t.Errorf("%d bytes of text of %d bytes: %q", sum, len(log), log)
		}
		if len(log) < 2<<10 {
			if diff := cmp.Diff(lines, read(t, iotest.OneByteReader(bytes.NewReader(log)))); diff != "" {
				t.Errorf("byte by byte, %q says something else (-at once +byte by byte)\n%s", log, diff)
			}
		}
	})
}
