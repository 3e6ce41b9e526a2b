// SPDX-License-Identifier: GPL-2.0-only

package verdict

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"kmodlab/internal/fault"
)

func TestWriteThenRead(t *testing.T) {
	path := filepath.Join(t.TempDir(), "out", "results.json")
	want := []Record{{
		Kernel: "6.12.117+deb13-cloud-amd64", Series: "6.12", Arch: "amd64", Flavour: "cloud", Lesson: "notify", Case: "notify",
		Verdict: Splat, Owner: "module", Reason: "WARNING in f [m]", Seconds: 1.25, Log: "logs/6.12/notify.log", Diff: "-a\n+b\n", VM: "clone",
		Retried: "no agent", Reproduce: "go tool mage run -kernel=6.12 -lesson=notify", Started: "2026-11-24T16:05:00.250Z",
		Trouble: "WARNING: f", Script: "kmod/notify/notify.txtar", Line: 3, Messages: []Message{{File: "kmod/notify/notify.c", Line: 7, Text: "error: x"}},
		Commit: "1ba2b98e3c4d", Lost: &Loss{"6.1", "needs export:f", "go tool mage run"},
		Steps: []Step{{Text: "insmod notify", Section: "a", Expected: "a\n", Got: "b\n", Compared: true}, {Text: "rmmod notify"}},
	}, {Kernel: "7.3.4+deb13-cloud-amd64", Lesson: "notify", Case: "notify", Verdict: Infra, Missing: true}}
	for range 2 { // the second time over an older file
		if err := Write(path, want); err != nil {
			t.Fatalf("Write(%s) = %v; want no error", path, err)
		}
	}
	got, err := Read(path)
	if err != nil {
		t.Fatalf("Read(%s) = %v; want no error", path, err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("Read(%s): (-want +got)\n%s", path, diff)
	}
	if entries, err := os.ReadDir(filepath.Dir(path)); err != nil || len(entries) != 1 {
		t.Errorf("ReadDir = %v, %v; want the results file alone", entries, err)
	}
}

// A judgement is read as it was written, and judges nothing anew.
func TestJudgementWriteThenRead(t *testing.T) {
	path := filepath.Join(t.TempDir(), "results.json")
	older, newer := on("6.1", Pass), on("6.12", Unsupported)
	older.Series, newer.Series = "6.1", "6.12"
	want := Run{Records: []Record{older, newer}, Plan: []Record{on("6.1", ""), on("6.12", ""), on("7.3", "")}, Gone: map[string][]string{"notify/again": nil},
		Ledger: func([]Record) string { return "stale" }}.Judge()
	if err := want.Write(path); err != nil {
		t.Fatal(err)
	}
	got, err := ReadJudgement(path)
	if d := cmp.Diff(want, got); err != nil || d != "" {
		t.Errorf("ReadJudgement() = %v, (-want +got):\n%s", err, d)
	}
}

// TestWriteFormat holds the names that other programs read.
func TestWriteFormat(t *testing.T) {
	path := filepath.Join(t.TempDir(), "results.json")
	if err := Write(path, nil); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(path)
	if want := "{\n  \"schema\": 3,\n  \"results\": []\n}\n"; err != nil || string(text) != want {
		t.Errorf("Write(nil) wrote %q, %v; want %q", text, err, want)
	}
	if err := Write(path, []Record{{Kernel: "k", Verdict: Pass}}); err != nil {
		t.Fatal(err)
	}
	text, err = os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for _, key := range []string{"kernel", "series", "arch", "flavour", "lesson", "case", "verdict", "seconds", "reason", "log", "reproduce", "started", "script"} {
		if !strings.Contains(string(text), `"`+key+`":`) {
			t.Errorf("Write wrote no %q:\n%s", key, text)
		}
	}
}

func TestRead(t *testing.T) {
	for name, tt := range map[string]struct {
		text string
		want string // part of the error; "" for none
	}{
		"an empty list":             {`{"schema":3,"results":[]}`, ""},
		"unknown fields are fine":   {`{"schema":3,"results":[{"verdict":"pass","new":1}],"more":true}`, ""},
		"an older schema":           {`{"schema":2,"results":[]}`, "schema 2, this program reads 3"},
		"a newer schema":            {`{"schema":4,"results":[]}`, "schema 4, this program reads 3"},
		"no schema":                 {`{"results":[]}`, "schema 0"},
		"no JSON":                   {`{"schema":`, "no results file"},
		"a verdict nobody knows":    {`{"schema":3,"results":[{"lesson":"l","case":"c","verdict":"perhaps"}]}`, `verdict "perhaps" for l/c`},
		"a case without a verdict":  {`{"schema":3,"results":[{"lesson":"l","case":"c"}]}`, `verdict ""`},
		"something else altogether": {`[1]`, "no results file"},
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "results.json")
			if err := os.WriteFile(path, []byte(tt.text), 0o600); err != nil {
				t.Fatal(err)
			}
			_, err := Read(path)
			if tt.want == "" {
				if err != nil {
					t.Errorf("Read(%s) = %v; want no error", tt.text, err)
				}
				return
			}
			if err == nil || !strings.Contains(err.Error(), tt.want) || fault.Of(err) != fault.Usage {
				t.Errorf("Read(%s) = %v; want a usage fault with %q", tt.text, err, tt.want)
			}
		})
	}
}

func TestReadNothing(t *testing.T) {
	if records, err := Read(filepath.Join(t.TempDir(), "none.json")); records != nil || err != nil {
		t.Errorf("Read(no file) = %v, %v; want none and no error", records, err)
	}
}

func TestHostFaults(t *testing.T) {
	dir := t.TempDir()
	if _, err := Read(dir); fault.Of(err) != fault.Host {
		t.Errorf("Read(a folder) = %v; want a host fault", err)
	}
	file := filepath.Join(dir, "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := Write(filepath.Join(file, "results.json"), nil); fault.Of(err) != fault.Host {
		t.Errorf("Write(below a file) = %v; want a host fault", err)
	}
	if err := Write(dir, nil); fault.Of(err) != fault.Host {
		t.Errorf("Write(over a folder) = %v; want a host fault", err)
	}
}
