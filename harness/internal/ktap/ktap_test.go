// SPDX-License-Identifier: GPL-2.0-only

package ktap

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// told returns a line for each test: how it ended, its name, and why.
func told(tests []Test) []string {
	var lines []string
	for _, t := range tests {
		outcome := map[Outcome]string{Passed: "passed", Failed: "failed", Skipped: "skipped"}[t.Outcome]
		lines = append(lines, strings.TrimSuffix(fmt.Sprintf("%s %s: %s", outcome, strings.Join(t.Path, "."), t.Why), ": "))
	}
	return lines
}

func TestRead(t *testing.T) {
	for name, tt := range map[string]struct {
		log  string
		want []string
	}{
		"nothing":       {"hello\nok 1 is what I say\n1..2\n# Subtests: none", nil},
		"one level":     {"KTAP version 1\n1..3\nok 1 adds\nnot ok 2 divides # rest=1\nok 3 # SKIP no FPU\n", []string{"passed adds", "failed divides: rest=1", "skipped 3: no FPU"}},
		"without plan":  {"KTAP version 1\nok 1 adds\n", []string{"passed adds"}},
		"expected":      {"KTAP version 1\n1..2\nnot ok 1 a # XFAIL known\nnot ok 2 b # TODO\n", []string{"passed a", "passed b"}},
		"out of time":   {"KTAP version 1\n1..1\nnot ok 1 a # TIMEOUT 30 seconds\n", []string{"failed a: TIMEOUT 30 seconds"}},
		"no beginning":  {"    # failed to initialize (-12)\nnot ok 1 example\n", []string{"failed example"}},
		"short of plan": {"KTAP version 1\n1..5\nok 1 a\nok 2 b\nok 3 c\n", []string{"passed a", "passed b", "passed c", "failed : it promised 5 results and gave 3"}},
		"beyond plan":   {"KTAP version 1\n1..1\nok 1 a\nok 2 b\n", []string{"passed a", "passed b", "failed : it promised 1 results and gave 2"}},
		"an empty plan": {"KTAP version 1\n1..0\n", nil},
		"two plans":     {"KTAP version 1\n1..1\n1..1\nok 1 a\n", []string{"passed a", "failed : it has a second plan, or one that is no number: 1..1"}},
		"a huge plan":   {"KTAP version 1\n1..99999999999999999999\nok 1 a\n", []string{"passed a", "failed : it has a second plan, or one that is no number: 1..99999999999999999999"}},
		"a wrong count": {"KTAP version 1\n1..2\nok 1 a\nok 3 b\n", []string{"passed a", "passed b", "failed : its result 2 has the number 3"}},
		"bailed out":    {"KTAP version 1\n1..1\nBail out! no memory\n", []string{"failed : Bail out! no memory"}},
		"with a prefix": {"m: KTAP version 1\nm: 1..2\nm: ok 1 a\nother: ok 2 b\nm: ok 2 c\n", []string{"passed a", "passed c"}},
		"KUnit": {`KTAP version 1
1..1
    KTAP version 1
    # Subtest: example
    # module: example_test
    1..3
    ok 1 adds
    # divides: EXPECTATION FAILED at example.c:12
    Expected 4 / 2 == 3, but
    not ok 2 divides
        KTAP version 1
        # Subtest: many
        ok 1 one
        ok 2 two words # SKIP not here
    ok 3 many
# example: pass:2 fail:1 skip:0 total:3
not ok 1 example
`, []string{"passed example.adds", "failed example.divides", "passed example.many.one", "skipped example.many.two words: not here"}},
		"KUnit of 5.10":    {"    # Subtest: example\n    1..2\n    ok 1 - adds\n    ok 2 - divides\nok 1 - example\n", []string{"passed example.adds", "passed example.divides"}},
		"of a boot":        {"TAP version 14\n1..2\n    # Subtest: a\n    1..1\n    ok 1 - x\nok 1 - a\n    # Subtest: b\n    1..1\n    ok 1 - x\nok 2 - b\n", []string{"passed a.x", "passed b.x"}},
		"a short group":    {"KTAP version 1\n1..1\n  KTAP version 1\n  1..2\n  ok 1 a\nok 1 g\n", []string{"passed g.a", "failed g: it promised 2 results and gave 1"}},
		"a group alone":    {"KTAP version 1\n1..1\n  KTAP version 1\n  1..1\n  ok 1 a\nnot ok 1 g\n", []string{"passed g.a", "failed g: it failed, though none of its tests did"}},
		"a group of none":  {"KTAP version 1\n1..1\n  KTAP version 1\n  # Subtest: g\n  1..0\nok 1 g # SKIP none\n", []string{"skipped g: none"}},
		"a broken off one": {"KTAP version 1\n1..1\n  KTAP version 1\n  # Subtest: g\n  1..2\n  ok 1 a\n", []string{"passed g.a", "failed g: it ended without a result", "failed : it promised 1 results and gave 0"}},
		"two broken off":   {"KTAP version 1\n1..1\n  KTAP version 1\n  # Subtest: g\n    KTAP version 1\n    # Subtest: h\n    ok 1 a\nok 1 g\n", []string{"passed g.h.a", "failed g.h: it ended without a result"}},
		"twice, once bad":  {"KTAP version 1\n1..1\nok 1 a\nKTAP version 1\n1..1\nnot ok 1 a\nKTAP version 1\n1..1\nok 1 a # SKIP\n", []string{"failed a"}},
		"other talk":       {"KTAP version 1\n1..1\n  usb 1-1: new device\n1..2 of something\nok 1 a\n", []string{"passed a"}},
	} {
		t.Run(name, func(t *testing.T) {
			if d := cmp.Diff(tt.want, told(Read(strings.Split(tt.log, "\n")))); d != "" {
				t.Errorf("Read(%q) (-want +got):\n%s", tt.log, d)
			}
		})
	}
}

// What was logged before a result is that test's, and not more than is of use.
func TestLines(t *testing.T) {
	log := "KTAP version 1\n1..3\n" + strings.Repeat("noise\n", 1000) + "# first: loud\nok 1 first\nok 2 second\n    # third: at x.c:3\n    a == 1\nnot ok 3 third"
	tests := Read(strings.Split(log, "\n"))
	if len(tests) != 3 || len(tests[0].Lines) != mostPending || tests[0].Lines[mostPending-1] != "# first: loud" || tests[1].Lines != nil {
		t.Fatalf("Read() = %q; want three tests, with the last lines of the first and none of the second", told(tests))
	}
	if d := cmp.Diff([]string{"# third: at x.c:3", "a == 1"}, tests[2].Lines); d != "" {
		t.Errorf("lines of the third (-want +got):\n%s", d)
	}
}

// Whatever a kernel logs, each test has a name of its own, and a plan that was not
// kept is no success.
func FuzzRead(f *testing.F) {
	f.Add("KTAP version 1\n1..2\n  KTAP version 1\n  # Subtest: g\n  1..1\n  not ok 1 a # SKIP\nok 1 g\nok 2 - b\nBail out!")
	f.Add("    # Subtest: a\n    1..1\n    ok 1 - x\nok 1 - a")
	f.Add("m: TAP version 13\nm: 1..1\nok 1\nm:  ok 1")
	f.Fuzz(func(t *testing.T, log string) {
		names := map[string]bool{}
		failed := false
		for _, test := range Read(strings.Split(log, "\n")) {
			name := strings.Join(test.Path, "\x00")
			if names[name] {
				t.Errorf("%q is told twice", test.Path)
			}
			names[name] = true
			failed = failed || test.Outcome == Failed
		}
		short := append([]string{"KTAP version 1", "1..100000"}, strings.Split(strings.ReplaceAll(log, "AP version", ""), "\n")...)
		if !failed && len(Read(short)) > 0 && !strings.Contains(fmt.Sprint(told(Read(short))), "failed") {
			t.Errorf("of a hundred thousand results there are %q, and nothing failed", told(Read(short)))
		}
	})
}
