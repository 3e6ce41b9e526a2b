// SPDX-License-Identifier: GPL-2.0-only

package matrix

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"kmodlab/harness/internal/kbuild"
	"kmodlab/harness/internal/ktap"
	"kmodlab/harness/internal/lesson"
	"kmodlab/harness/internal/verdict"
	"kmodlab/internal/kernel"
)

func TestTestRecords(t *testing.T) {
	of := verdict.Record{Column: "6.12", Kernel: "6.12.1", Series: "6.12", Lesson: "driver", Case: "driver_test", Verdict: verdict.Pass, Log: "logs/x.log", Reproduce: "again",
		Steps: []verdict.Step{{Text: "insmod"}}, Seconds: 3, Notes: []string{"a note"}, VM: "clone"}
	tests := []ktap.Test{
		{Path: []string{"sums", "adds"}, Outcome: ktap.Passed, Lines: []string{"# well"}},
		{Path: []string{"sums", "two words/x"}, Outcome: ktap.Failed, Lines: []string{"talk", "# two words: at x.c:3", "# more"}},
		{Path: []string{"alone"}, Outcome: ktap.Failed, Why: "TIMEOUT 3 s"},
		{Path: []string{"silent"}, Outcome: ktap.Failed},
		{Path: []string{"sums", "not"}, Outcome: ktap.Skipped},
		{Outcome: ktap.Failed, Why: "it promised 5 results and gave 3"},
	}
	record := func(name string, v verdict.Verdict, owner, reason, trouble string) verdict.Record {
		return verdict.Record{Column: "6.12", Kernel: "6.12.1", Series: "6.12", Lesson: "driver", Log: "logs/x.log", Reproduce: "again", VM: "clone",
			Case: name, Verdict: v, Owner: owner, Reason: reason, Trouble: trouble}
	}
	want := []verdict.Record{
		record("driver_test.sums.adds", verdict.Pass, "", "", ""),
		record("driver_test.sums.two_words_x", verdict.Fail, "module", "two words: at x.c:3", "talk\n# two words: at x.c:3\n# more"),
		record("driver_test.alone", verdict.Fail, "module", "TIMEOUT 3 s", ""),
		record("driver_test.silent", verdict.Fail, "module", "the test says that it failed", ""),
		record("driver_test.sums.not", verdict.Unsupported, "", "the test skips itself", ""),
		record("driver_test.ktap", verdict.Fail, "module", "it promised 5 results and gave 3", ""),
	}
	if d := cmp.Diff(want, testRecords(of, tests)); d != "" {
		t.Errorf("testRecords() (-want +got):\n%s", d)
	}
	of.Verdict = verdict.Infra
	if got := testRecords(of, tests); got != nil {
		t.Errorf("testRecords(of a case that says nothing) = %+v; want none", got)
	}
}

func TestWithoutKUnit(t *testing.T) {
	undefined := kbuild.Message{Text: `modpost: "__kunit_do_failed_assertion" undefined!`}
	header := kbuild.Message{Text: "fatal error: kunit/test.h: No such file or directory"}
	other := kbuild.Message{Text: `modpost: "crc7" undefined!`}
	for name, tt := range map[string]struct {
		config string
		err    error
		want   bool
	}{
		"KUnit is missing":      {"", &kbuild.Error{Messages: []kbuild.Message{undefined, header}}, true},
		"and something else":    {"", &kbuild.Error{Messages: []kbuild.Message{undefined, other}}, false},
		"the kernel has it":     {"CONFIG_KUNIT=m\n", &kbuild.Error{Messages: []kbuild.Message{undefined}}, false},
		"nobody says what":      {"", &kbuild.Error{}, false},
		"no error of the build": {"", errors.New("kunit"), false},
	} {
		t.Run(name, func(t *testing.T) {
			k := &kernel.Kernel{Release: "6.12.1", Version: "6.12.1", Headers: headersOf(t, "", ""), Config: filepath.Join(t.TempDir(), "config")}
			if err := os.WriteFile(k.Config, []byte(tt.config), 0o644); err != nil {
				t.Fatal(err)
			}
			conditions, err := kernel.NewConditions(k)
			if err != nil {
				t.Fatal(err)
			}
			col := &Target{conditions: conditions, kernel: k}
			if got, err := withoutKUnit(col, tt.err); got != tt.want || err != nil {
				t.Errorf("withoutKUnit() = %v, %v; want %v", got, err, tt.want)
			}
			col.buildError = tt.err
			f, done := beforehand(col, lesson.Case{Lesson: "x"})
			if unsupported := f.Unsupported != ""; !done || unsupported != tt.want {
				t.Errorf("beforehand() = %+v, %v; want unsupported: %v", f, done, tt.want)
			}
		})
	}
}
