// SPDX-License-Identifier: GPL-2.0-only

package lesson

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestHoles(t *testing.T) {
	for name, tt := range map[string]struct{ want, got, filled, holed string }{
		"nothing is chance":    {"a\nb\n", "a\nc\n", "a\nb\n", "a\nc\n"},
		"a number is":          {"input{{[01]}}: no\n", "input1: no\n", "input1: no\n", "input{{[01]}}: no\n"},
		"another number":       {"input{{[01]}}: no\n", "input2: no\n", "input{{[01]}}: no\n", "input2: no\n"},
		"the line has more":    {"input{{[01]}}\n", "input1: no\n", "input{{[01]}}\n", "input1: no\n"},
		"two in a line":        {"{{\\d+}} of {{\\d+}} (all)\n", "3 of 15 (all)\n", "3 of 15 (all)\n", "{{\\d+}} of {{\\d+}} (all)\n"},
		"one of several words": {"{{b|a}}!\n", "a!\n", "a!\n", "{{b|a}}!\n"},
		"a line comes before":  {"n {{\\d}}\n", "hello\nn 1\n", "n 1\n", "hello\nn {{\\d}}\n"},
		"a line is missing":    {"hello\nn {{\\d}}\n", "n 1\n", "hello\nn 1\n", "n {{\\d}}\n"},
		"twice the same":       {"n {{\\d}}\nn {{\\d}}\n", "n 1\nn 2\n", "n 1\nn 2\n", "n {{\\d}}\nn {{\\d}}\n"},
		"only one is the same": {"n 1\nn {{\\d}}\n", "n 1\nn 2\n", "n 1\nn 2\n", "n 1\nn {{\\d}}\n"},
		"braces of C":          {"{{}}\n", "{{}}\n", "{{}}\n", "{{}}\n"},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := filled(tt.want, tt.got)
			if got != tt.filled || err != nil {
				t.Errorf("filled(%q, %q) = %q, %v; want %q", tt.want, tt.got, got, err, tt.filled)
			}
			got, err = holed(tt.want, tt.got)
			if got != tt.holed || err != nil {
				t.Errorf("holed(%q, %q) = %q, %v; want %q", tt.want, tt.got, got, err, tt.holed)
			}
		})
	}
}

func TestHolesInAScript(t *testing.T) {
	hello := func(log ...string) tape { return tape{steps: map[string]Step{"insmod hello": {Log: log}}} }
	script := "insmod hello\ndmesg a\n-- a --\nhello {{[0-9]+}}\nworld\n"

	out, _ := play(t, hello("hello 17", "world"), script, false)
	if !out.Finished || out.Steps[0].Expected != "hello 17\nworld\n" {
		t.Errorf("finished %v, expected %q; want a pass, and what was printed in the hole", out.Finished, out.Steps[0].Expected)
	}
	out, _ = play(t, hello("hello x", "world"), script, false)
	if out.Finished || !strings.Contains(out.Diff, "-hello {{[0-9]+}}\n+hello x\n world\n") {
		t.Errorf("finished %v, difference\n%s\nwant the pattern beside what did not match", out.Finished, out.Diff)
	}
	_, after := play(t, hello("hello 18", "world", "more"), script, true)
	if want := "insmod hello\ndmesg a\n-- a --\nhello {{[0-9]+}}\nworld\nmore\n"; after != want {
		t.Errorf("after an update the script is %q; want %q", after, want)
	}
}

func TestReadCaseRefusesABadPattern(t *testing.T) {
	path := filepath.Join(t.TempDir(), "case.txtar")
	if err := os.WriteFile(path, []byte("# fine\ninsmod hello\ndmesg a\n-- a --\none\ntwo {{[}}\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	_, err := ReadCase(path)
	if err == nil || !strings.Contains(err.Error(), ":6") || !strings.Contains(err.Error(), "missing closing ]") {
		t.Errorf("ReadCase() = %v; want an error that names line 6 and what is wrong with the pattern", err)
	}
}
