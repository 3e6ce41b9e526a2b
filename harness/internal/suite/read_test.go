// SPDX-License-Identifier: GPL-2.0-only

package suite

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"kmodlab/internal/step"
)

// stream is what go test -json would say of the events.
func stream(t *testing.T, events ...event) string {
	t.Helper()
	var b strings.Builder
	for _, e := range events {
		line, err := json.Marshal(e)
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(&b, "%s\n", line)
	}
	return b.String()
}

// of is an event of a test of the package m/p, or of the package itself for "".
func of(test, action string, output ...string) event {
	return event{Package: "m/p", Test: test, Action: action, Output: strings.Join(output, "")}
}

// told is what a test looks at in a result.
type told struct {
	Passed, Failed, Skipped, Broken, Hollow []string
}

func tell(r *Result) told {
	ids := func(tests []*Test) (all []string) {
		for _, t := range tests {
			all = append(all, t.ID())
		}
		return all
	}
	var broken []string
	for _, p := range r.Broken() {
		broken = append(broken, p.Name)
	}
	return told{ids(r.Passed()), ids(r.Failed()), ids(r.Skipped()), broken, r.Hollow()}
}

func TestRead(t *testing.T) {
	for name, tt := range map[string]struct {
		events []event
		want   told
		text   string // in what the first broken package says
		steps  []string
	}{
		"all well": {
			events: []event{of("", "start"), of("TestA", "run"), of("TestA/x", "run"), of("TestA/x", "pass"), of("TestA", "pass"), of("", "output", "PASS\n"), of("", "pass")},
			want:   told{Passed: []string{"p TestA", "p TestA/x"}},
			steps:  []string{"go test p: <nil>"},
		},
		"one fails, one is skipped": {
			events: []event{of("", "start"), of("TestA", "output", "    a_test.go:1: bad\n"), of("TestA", "fail"), of("TestB", "output", "    a_test.go:2: no disk\n"), of("TestB", "skip"), of("", "output", "FAIL\n"), of("", "fail")},
			want:   told{Failed: []string{"p TestA"}, Skipped: []string{"p TestB"}, Broken: []string{"p"}},
			text:   "    a_test.go:1: bad\nFAIL\n",
			steps:  []string{"go test p: tests fail"},
		},
		"all are skipped": {
			events: []event{of("", "start"), of("TestA", "skip"), of("TestB", "skip"), of("", "pass")},
			want:   told{Skipped: []string{"p TestA", "p TestB"}, Hollow: []string{"p"}},
			steps:  []string{"go test p: <nil>"},
		},
		"there are none": {
			events: []event{of("", "start"), of("", "output", "?   \tp\t[no test files]\n"), of("", "skip")},
			steps:  []string{"go test p: <nil>"},
		},
		"does not compile": {
			events: []event{{Action: "build-output", ImportPath: "m/p [m/p.test]", Output: "p.go:3: undefined: x\n"}, {Action: "build-fail", ImportPath: "m/p [m/p.test]"},
				of("", "output", "FAIL\tm/p [build failed]\n"), {Package: "m/p", Action: "fail", FailedBuild: "m/p [m/p.test]"}},
			want: told{Broken: []string{"p"}},
			text: "p.go:3: undefined: x\nFAIL\tm/p [build failed]\n",
		},
		"a test has no end": {
			events: []event{of("", "start"), of("TestA", "run"), of("TestA", "output", "=== RUN   TestA\n", "panic: no\n"), of("", "output", "exit status 2\n"), of("", "fail")},
			want:   told{Failed: []string{"p TestA"}, Broken: []string{"p"}},
			text:   "panic: no\nexit status 2\n",
			steps:  []string{"go test p: tests fail"},
		},
		"a package has no end": {
			events: []event{of("", "start"), of("TestA", "run"), of("TestA", "pass")},
			want:   told{Passed: []string{"p TestA"}, Broken: []string{"p"}},
			text:   "go test ended before this package\n",
			steps:  []string{"go test p: go test ended before it"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			var steps []string
			ctx := step.With(t.Context(), func(e step.Event) {
				if e.Kind == step.Ended {
					steps = append(steps, fmt.Sprintf("%s: %v", e.Name, e.Err))
				}
			})
			r, err := read(ctx, strings.NewReader(stream(t, tt.events...)))
			if err != nil {
				t.Fatalf("read = %v; want no error", err)
			}
			if d := cmp.Diff(tt.want, tell(r)); d != "" {
				t.Errorf("the result (-want +got):\n%s", d)
			}
			if d := cmp.Diff(tt.steps, steps); d != "" {
				t.Errorf("the steps (-want +got):\n%s", d)
			}
			if broken := r.Broken(); len(broken) > 0 && broken[0].Text() != tt.text {
				t.Errorf("the package says %q; want %q", broken[0].Text(), tt.text)
			}
		})
	}
}

// What is no event is an error, and does not keep the rest from being read.
func TestReadGarbage(t *testing.T) {
	r, err := read(t.Context(), strings.NewReader("PASS\n"+stream(t, of("TestA", "pass"), of("", "pass"))))
	if err == nil || !strings.Contains(err.Error(), `"PASS\n"`) {
		t.Errorf("read = %v; want an error that shows the line", err)
	}
	if got := tell(r); len(got.Passed) != 1 {
		t.Errorf("the result is %v; want the test that comes after it", got)
	}
}

func TestReason(t *testing.T) {
	for output, want := range map[string]string{
		"=== RUN   TestA\n    a_test.go:12: needs gdb: not found\n--- SKIP: TestA (0.00s)\n":                                          "needs gdb: not found",
		"=== RUN   TestA\n    a_test.go:1: boot: 2s\n    b_test.go:2: no disk: EPERM\n        second line\n--- SKIP: TestA (0.00s)\n": "no disk: EPERM\nsecond line",
		"=== RUN   TestA/x\n        a_test.go:12: in a subtest\n    --- SKIP: TestA/x (0.00s)\n":                                      "in a subtest",
		"=== RUN   TestA\n--- SKIP: TestA (0.00s)\n":                                                                                  "",
	} {
		if got := (&Test{Output: output}).Reason(); got != want {
			t.Errorf("the reason in %q is %q; want %q", output, got, want)
		}
	}
}
