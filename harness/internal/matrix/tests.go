// SPDX-License-Identifier: GPL-2.0-only

package matrix

import (
	"cmp"
	"errors"
	"regexp"
	"strings"

	"kmodlab/harness/internal/kbuild"
	"kmodlab/harness/internal/kmsg"
	"kmodlab/harness/internal/ktap"
	"kmodlab/harness/internal/verdict"
)

// testRecords are the records of the tests that a case's module printed the results
// of: cases like others, called MODULE.GROUP.TEST, or MODULE.TEST where there is no
// group, or one of the module's name.
// Of a case of which nothing can be said there are none.
func testRecords(of verdict.Record, tests []ktap.Test) []verdict.Record {
	if of.Verdict == verdict.Infra {
		return nil
	}
	var records []verdict.Record
	for _, t := range tests {
		r := verdict.Record{Column: of.Column, Kernel: of.Kernel, Series: of.Series, Arch: of.Arch, Flavour: of.Flavour, Args: of.Args, Lesson: of.Lesson,
			Case: testName(of.Case, t.Path), Verdict: verdict.Pass, Log: of.Log, VM: of.VM, Reproduce: of.Reproduce, Started: of.Started, Script: of.Script}
		switch t.Outcome {
		case ktap.Skipped:
			r.Verdict, r.Reason = verdict.Unsupported, cmp.Or(t.Why, "the test skips itself")
		case ktap.Failed:
			r.Verdict, r.Trouble = verdict.Fail, strings.Join(t.Lines, "\n")
			r.Reason = cmp.Or(t.Why, firstWord(t.Lines), "the test says that it failed")
		}
		r.Owner = string(r.Verdict.Owner())
		records = append(records, r)
	}
	return records
}

// testName is how the case of a test is called, in one word.
func testName(of string, path []string) string {
	switch {
	case len(path) == 0: // all of its results
		path = []string{of, "ktap"}
	case len(path) == 1 || path[0] != of: // two modules may call a group the same
		path = append([]string{of}, path...)
	}
	return strings.Join(strings.FieldsFunc(strings.Join(path, "."), func(r rune) bool { return r <= ' ' || r == '/' }), "_")
}

// firstWord is the first remark of a test on what it does not like.
func firstWord(lines []string) string {
	for _, line := range lines {
		if remark, ok := strings.CutPrefix(line, "# "); ok {
			return remark
		}
	}
	return ""
}

// testsOf returns the tests whose results are among what the kernel logged.
func testsOf(b *guest) []ktap.Test { return ktap.Read(kmsg.Transcript(b.records)) }

// ofKUnit is a word that stands in all that is wrong with a module that needs KUnit.
var ofKUnit = regexp.MustCompile(`(?i)\b_*kunit`)

// lacksKUnit is why a case is unsupported that needs it.
const lacksKUnit = "needs config:KUNIT, for its tests are KUnit's"

// withoutKUnit tells whether nothing but KUnit is missing for a build, as in kernels
// that were built without it (CONFIG_KUNIT in lib/kunit/Kconfig): all of Debian's.
func withoutKUnit(col *Target, err error) (bool, error) {
	failed, ok := errors.AsType[*kbuild.Error](err)
	if !ok || len(failed.Messages) == 0 {
		return false, nil
	}
	for _, m := range failed.Messages {
		if !ofKUnit.MatchString(m.Text) {
			return false, nil
		}
	}
	has, err := col.conditions.Has("config:KUNIT")
	return !has && err == nil, err
}
