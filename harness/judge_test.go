// SPDX-License-Identifier: GPL-2.0-only

package harness

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"kmodlab/harness/internal/verdict"
	"kmodlab/internal/fault"
)

// However the work is divided, merged it is what one machine would have said:
// the same status, records and reports; and so is a report made again.
func TestMergedIsAsOnOneMachine(t *testing.T) {
	on := func(name, column string, v verdict.Verdict) func(string, string) verdict.Verdict {
		return func(c, l string) verdict.Verdict {
			if l == name && c == column {
				return v
			}
			return verdict.Pass
		}
	}
	all := func(string, string) verdict.Verdict { return verdict.Pass }
	for name, tt := range map[string]struct {
		became func(column, lesson string) verdict.Verdict
		script string // of the lesson that may be gone
		ledger bool   // is fresh
		want   string // exit status and sentence
		says   string // in the results
	}{
		"all passed":               {all, "", true, "0 ", ""},
		"the ledger is stale":      {all, "", false, "1 the cases passed, but the ledger of claims is stale", `"ledger": "module: the ledger`},
		"it went away":             {on("gone", "7.3", verdict.Unsupported), "", true, "1 cases failed", "which 6.12 has"},
		"it went away, as is said": {on("gone", "7.3", verdict.Unsupported), "requires export:f\n# gone in 7.0: f, for a reason\n", true, "0 ", `"verdict": "unsupported"`},
		"an older one lacks it":    {on("gone", "5.10", verdict.Unsupported), "", true, "0 ", `"verdict": "unsupported"`},
		"one was never run":        {on("gone", "6.1", ""), "", true, "3 1 of 8 cases are missing", `"missing": true`},
		"and a kernel alone":       {on("notify", "6.1", ""), "", true, "3 1 of 8 cases are missing", `"missing": true`},
		"one could not be run":     {on("notify", "6.1", verdict.Infra), "", true, "3 cases could not be run", `"verdict": "infra"`},
		"one failed, one is missing": {func(c, l string) verdict.Verdict {
			return map[string]verdict.Verdict{"5.10": verdict.Splat, "6.1": verdict.Pass, "6.12": "", "7.3": verdict.Unsupported}[c]
		}, "", true, "1 cases failed, 2 of 8 cases are missing", "which 6.1 has"},
	} {
		t.Run(name, func(t *testing.T) {
			s := newSite(t)
			if tt.script != "" {
				put(t, filepath.Join(s.root, "kmod/gone/gone.txtar"), tt.script)
			}
			if tt.ledger {
				s.ledgerNow(all)
			}
			t.Setenv("GITHUB_ACTIONS", "true")
			run := func(end func(w *bytes.Buffer) error) map[string]string {
				summary := filepath.Join(t.TempDir(), "summary.md")
				t.Setenv("GITHUB_STEP_SUMMARY", summary)
				var b bytes.Buffer
				left := s.left(end(&b))
				text, err := os.ReadFile(summary)
				if err != nil {
					t.Fatal(err)
				}
				left["summary"] = string(text)
				for line := range strings.Lines(b.String()) {
					if strings.HasPrefix(line, "::error") {
						left["annotations"] += line
					}
				}
				return left
			}
			want := run(func(w *bytes.Buffer) error { return s.end(w, Flags{}, tt.became) })
			if want["exit"] != tt.want || !strings.Contains(want["results.json"], tt.says) {
				t.Errorf("one machine says %q; want %q, and results with %q:\n%s", want["exit"], tt.want, tt.says, want["results.json"])
			}
			if err := os.RemoveAll(filepath.Join(s.root, "out")); err != nil {
				t.Fatal(err)
			}
			for i := range 4 { // a kernel each
				s.out = filepath.Join(s.root, "parts", fmt.Sprint(i))
				s.end(&bytes.Buffer{}, Flags{Shard: fmt.Sprintf("%d/4", i+1)}, tt.became)
			}
			got := run(func(w *bytes.Buffer) error { return Checkout(".").Merge(s.ctx, w, "parts/*", Flags{}) })
			if d := cmp.Diff(want, got); d != "" {
				t.Errorf("in parts (-one machine +merged):\n%s", d)
			}
			for _, name := range []string{"report.html", "junit.xml", "results.ktap"} {
				if err := os.Remove(filepath.Join(s.root, "out", name)); err != nil {
					t.Fatal(err)
				}
			}
			if err := Checkout(".").Report(s.ctx, &bytes.Buffer{}); err != nil {
				t.Fatal(err)
			}
			again := s.left(nil)
			delete(want, "summary")
			delete(want, "annotations")
			again["exit"] = want["exit"]
			if d := cmp.Diff(want, again); d != "" {
				t.Errorf("made again (-one machine +again):\n%s", d)
			}
		})
	}
}

// What cannot be merged is refused before anything is written; what is missing
// is told.
func TestMergeOfBadParts(t *testing.T) {
	pass := func(string, string) verdict.Verdict { return verdict.Pass }
	fail := func(string, string) verdict.Verdict { return verdict.Fail }
	for name, tt := range map[string]struct {
		spoil func(s *site)
		exit  int
		says  []string
	}{
		"nothing is wrong": {func(*site) {}, fault.ExitOK, nil},
		"of two commits": {func(s *site) {
			put(s.t, filepath.Join(s.root, "kmod/notify/notify.c"), "int a;\n")
			s.part("2", "2/2", pass)
		}, fault.ExitUsage, []string{"different states of the project", "parts/2: ", "-dirty-"}},
		"the project has gone on": {func(s *site) {
			put(s.t, filepath.Join(s.root, "kmod/notify/notify.c"), "int a;\n")
		}, fault.ExitUsage, []string{"different states of the project", "the project here: ", "parts/1, parts/2: "}},
		"they overlap":              {func(s *site) { s.part("3", "2/2", pass) }, fault.ExitUsage, []string{"is in two parts", "parts/2 and parts/3"}},
		"they overlap and disagree": {func(s *site) { s.part("3", "2/2", fail) }, fault.ExitUsage, []string{"is in two parts", "parts/2 and parts/3"}},
		"one was interrupted":       {func(s *site) { os.Remove(filepath.Join(s.root, "parts/2/results.json")) }, fault.ExitHarness, []string{"4 of 8 cases are missing"}},
		"one is not there":          {func(s *site) { os.RemoveAll(filepath.Join(s.root, "parts/2")) }, fault.ExitHarness, []string{"4 of 8 cases are missing"}},
		"one failed, one is not there": {func(s *site) {
			s.part("1", "1/2", fail)
			os.RemoveAll(filepath.Join(s.root, "parts/2"))
		}, fault.ExitFailed, []string{"cases failed, 4 of 8 cases are missing"}},
		"none has results": {func(s *site) {
			os.Remove(filepath.Join(s.root, "parts/1/results.json"))
			os.Remove(filepath.Join(s.root, "parts/2/results.json"))
		}, fault.ExitUsage, []string{"no results to merge"}},
	} {
		t.Run(name, func(t *testing.T) {
			s := newSite(t)
			s.ledgerNow(pass)
			s.part("1", "1/2", pass)
			s.part("2", "2/2", pass)
			os.RemoveAll(filepath.Join(s.root, "out"))
			tt.spoil(s)
			var b bytes.Buffer
			err := Checkout(".").Merge(s.ctx, &b, "parts/*", Flags{})
			code := Status{}
			if errors.As(err, &code); code.Code != tt.exit {
				t.Errorf("Merge() = %v; want exit status %d\n%s", err, tt.exit, b.String())
			}
			for _, part := range tt.says {
				if !strings.Contains(fmt.Sprint(err), part) {
					t.Errorf("Merge() = %v; want it to say %q", err, part)
				}
			}
			if _, err := os.Stat(filepath.Join(s.root, "out", resultsFile)); (err == nil) != (tt.exit != fault.ExitUsage) {
				t.Errorf("results: %v; want some unless the parts are refused", err)
			}
		})
	}
}

// The ledger that is written is the one that is judged by.
func TestWriteLedger(t *testing.T) {
	s := newSite(t)
	p, records := s.records(Flags{}, func(string, string) verdict.Verdict { return verdict.Pass })
	j, err := s.judge(p, records)
	if err != nil || j.Ledger == "" {
		t.Fatalf("judge() = %q, %v; want the ledger, which is not there, to be stale", j.Ledger, err)
	}
	if j, err = s.write(p, j); err != nil || j.Exit() != fault.ExitOK {
		t.Errorf("write() = %q, %v; want all well", j.Sentence(), err)
	}
	text, err := os.ReadFile(filepath.Join(s.root, ledgerFile))
	if err != nil || !strings.Contains(string(text), "| holds | holds | holds | holds |") {
		t.Errorf("the ledger is %s, %v; want what the records say", text, err)
	}
	kept, err := verdict.ReadJudgement(filepath.Join(s.out, resultsFile))
	if err != nil || kept.Ledger != "" {
		t.Errorf("the results say %q, %v; want nothing of the ledger", kept.Ledger, err)
	}
}
