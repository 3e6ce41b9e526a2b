// SPDX-License-Identifier: GPL-2.0-only

package harness

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"kmodlab/harness/internal/coverage"
	"kmodlab/harness/internal/verdict"
	"kmodlab/internal/fault"
)

// measured is a lab that measured two of three lines, and what it printed.
func measured(t *testing.T) (*lab, *strings.Builder) {
	t.Helper()
	root := t.TempDir()
	err := errors.Join(os.MkdirAll(filepath.Join(root, "kmod/a"), 0o755), os.Mkdir(filepath.Join(root, "out"), 0o755),
		os.WriteFile(filepath.Join(root, "kmod/a/a.c"), []byte("one();\ntwo();\nthree();\n"), 0o644))
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	l := &lab{home: Home{Dir: root, Out: filepath.Join(root, "out")}, out: filepath.Join(root, "out"), view: terminal(&b)}
	l.coverage = &coverage.Run{Sources: map[string]string{}}
	l.coverage.Add([]coverage.Profile{{Kernel: "6.12 rt", Files: coverage.Files{"kmod/a/a.c": {1: {Hits: 1, First: "a/x"}, 2: {}, 3: {Hits: 2, First: "a/y"}}}}}, []string{"the module z"})
	return l, &b
}

func TestKeepCoverage(t *testing.T) {
	l, b := measured(t)
	if err := l.keepCoverage(b); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"kmod/a/a.c  3      66.7 %  2\n", "not measured: the module z\n"} {
		if !strings.Contains(b.String(), want) {
			t.Errorf("it printed\n%swhich lacks %q", b, want)
		}
	}
	for _, name := range []string{"coverage.info", "coverage-6.12-rt.info"} {
		if text, err := os.ReadFile(filepath.Join(l.out, name)); err != nil || !strings.Contains(string(text), "SF:kmod/a/a.c\nDA:1,1\nDA:2,0\nDA:3,2\n") {
			t.Errorf("%s holds %q, %v", name, text, err)
		}
	}
	kept, err := coverage.Read(filepath.Join(l.out, coverageFile))
	if err != nil || kept == nil || kept.Sources["kmod/a/a.c"] != "one();\ntwo();\nthree();\n" || kept.Profiles[0].Files["kmod/a/a.c"][3].First != "a/y" {
		t.Errorf("kept %+v, %v", kept, err)
	}
	// A run that measures nothing leaves nothing of an earlier one for its report.
	l.coverage = nil
	if err := os.WriteFile(filepath.Join(l.out, "coverage-of-mine.info"), nil, 0o644); err != nil {
		t.Fatal(err)
	}
	if err := l.keepCoverage(b); err != nil {
		t.Fatal(err)
	}
	if left, _ := filepath.Glob(filepath.Join(l.out, "coverage*")); len(left) != 1 || filepath.Base(left[0]) != "coverage-of-mine.info" {
		t.Errorf("%q is left of a run before; want only what is no run's", left)
	}
}

func TestEnoughCoverage(t *testing.T) {
	for atLeast, want := range map[int]int{0: fault.ExitOK, 66: fault.ExitOK, 67: fault.ExitFailed} {
		l, _ := measured(t)
		l.atLeast = atLeast
		err, got := l.enough(), fault.ExitOK
		if s, ok := errors.AsType[Status](err); ok {
			got = s.Code
		}
		if got != want {
			t.Errorf("with -cover-min=%d: %v; want status %d", atLeast, err, want)
		}
	}
}

// Parts that other machines ran add up.
func TestTakeCoverage(t *testing.T) {
	l, b := measured(t)
	if err := l.keepCoverage(b); err != nil {
		t.Fatal(err)
	}
	into := &lab{}
	if err := into.takeCoverage([]verdict.Part{{Dir: l.out}, {Dir: l.out}, {Dir: t.TempDir()}}); err != nil {
		t.Fatal(err)
	}
	if got := into.coverage.Merged()["kmod/a/a.c"]; got[3].Hits != 4 || got[2].Hits != 0 || len(into.coverage.Profiles) != 1 {
		t.Errorf("two parts add up to %v; want 4 hits of line 3, none of line 2, on one kernel", got)
	}
	if err := os.WriteFile(filepath.Join(l.out, coverageFile), []byte("{"), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := into.takeCoverage([]verdict.Part{{Dir: l.out}}); fault.Of(err) != fault.Usage {
		t.Errorf("half a file: %v; want an error of usage", err)
	}
}
