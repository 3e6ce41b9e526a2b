// SPDX-License-Identifier: GPL-2.0-only

package harness

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"kmodlab/harness/internal/verdict"
	"kmodlab/internal/fault"
)

// newFolder makes a folder with one lesson the working directory, with a results
// file of the text; "" for none.
func newFolder(t *testing.T, results string) string {
	t.Helper()
	root := t.TempDir()
	for name, text := range map[string]string{"kmod/notify/again.txtar": "insmod notify\ndmesg\n", "out/results.json": results} {
		path := filepath.Join(root, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if text == "" {
			continue
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	t.Chdir(root)
	return root
}

const staleResult = `{"schema":3,"ledger":"the ledger is stale","results":[{"column":"6.12","lesson":"notify","case":"again","verdict":"infra","missing":true}]}`

// What a run said besides its cases, the report says again.
func TestReportTellsAll(t *testing.T) {
	newFolder(t, staleResult)
	var b bytes.Buffer
	if err := Checkout(".").Report(context.Background(), &b); err != nil {
		t.Fatalf("Report() = %v; want no error", err)
	}
	want := "reports: out/report.html, out/junit.xml, out/results.ktap\nnobody ran these cases:\n  notify/again on 6.12\n\nthe ledger is stale\n\ncases: 0 passed, 1 failed, 0 skipped\n"
	if b.String() != want {
		t.Errorf("Report() says %q; want %q", b.String(), want)
	}
}

const oneResult = `{"schema":3,"results":[{"column":"6.12","lesson":"notify","case":"again","verdict":"pass"}]}`

func TestReport(t *testing.T) {
	root := newFolder(t, oneResult)
	var b bytes.Buffer
	if err := Checkout(".").Report(context.Background(), &b); err != nil {
		t.Fatalf("Report() = %v; want no error", err)
	}
	if want := "reports: out/report.html, out/junit.xml, out/results.ktap\ncases: 1 passed, 0 failed, 0 skipped\n"; b.String() != want {
		t.Errorf("Report() says %q; want %q", b.String(), want)
	}
	for name, want := range map[string]string{"report.html": "<!DOCTYPE html>", "junit.xml": "<?xml", "results.ktap": "KTAP version 1"} {
		text, err := os.ReadFile(filepath.Join(root, "out", name))
		if err != nil || !strings.HasPrefix(string(text), want) {
			t.Errorf("%s = %.20q, %v; want it to begin with %q", name, text, err, want)
		}
	}
}

func TestReportTroubles(t *testing.T) {
	for name, tt := range map[string]struct {
		results string
		spoil   func(t *testing.T, root string)
		want    []string // parts of the error
		exit    int
	}{
		"no results":     {"", nil, []string{"there are no results", "go tool mage test"}, fault.ExitUsage},
		"another schema": {`{"schema":2,"results":[]}`, nil, []string{"schema 2", "reads 3"}, fault.ExitUsage},
		"a folder in the way": {oneResult, func(t *testing.T, root string) {
			if err := os.MkdirAll(filepath.Join(root, "out", "report.html", "x"), 0o755); err != nil {
				t.Fatal(err)
			}
		}, []string{"cannot write a report", "report.html", "the results are safe", "go tool mage report"}, fault.ExitHarness},
	} {
		t.Run(name, func(t *testing.T) {
			root := newFolder(t, tt.results)
			if tt.spoil != nil {
				tt.spoil(t, root)
			}
			err := Checkout(".").Report(context.Background(), &bytes.Buffer{})
			s, ok := errors.AsType[Status](err)
			if !ok || s.Code != tt.exit {
				t.Fatalf("Report() = %v; want exit status %d", err, tt.exit)
			}
			for _, part := range tt.want {
				if !strings.Contains(err.Error(), part) {
					t.Errorf("Report() = %v; want it to say %q", err, part)
				}
			}
			if text, _ := os.ReadFile(filepath.Join(root, "out", "results.json")); string(text) != tt.results {
				t.Errorf("the results are %q afterwards; want %q", text, tt.results)
			}
			if _, err := os.Stat(filepath.Join(root, "out", "junit.xml")); tt.spoil != nil && err != nil {
				t.Errorf("the other reports are not written: %v", err)
			}
		})
	}
}

// On GitHub a run annotates and fills in the summary; elsewhere it does not.
func TestForGitHub(t *testing.T) {
	records := []verdict.Record{{Column: "6.12", Lesson: "notify", Case: "again", Verdict: verdict.Fail, Log: "x", Script: "kmod/notify/again.txtar", Line: 2, Reason: "differs"}}
	for _, on := range []string{"", "true"} {
		summary := filepath.Join(t.TempDir(), "summary.md")
		t.Setenv("GITHUB_ACTIONS", on)
		t.Setenv("GITHUB_STEP_SUMMARY", summary)
		var b bytes.Buffer
		if err := (&lab{}).forGitHub(&b, verdict.Judgement{Records: records}); err != nil {
			t.Fatal(err)
		}
		text, _ := os.ReadFile(summary)
		annotated := strings.HasPrefix(b.String(), "::error file=kmod/notify/again.txtar,line=2,")
		summed := strings.HasPrefix(string(text), "## kmodlab")
		if want := on == "true"; annotated != want || summed != want {
			t.Errorf("GITHUB_ACTIONS=%q: annotations %q, summary %q", on, b.String(), text)
		}
	}
}
