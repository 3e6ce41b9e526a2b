// SPDX-License-Identifier: GPL-2.0-only

package matrix

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"kmodlab/harness/internal/kmsg"
	"kmodlab/harness/internal/lesson"
	"kmodlab/harness/internal/verdict"
)

func TestUnknownOf(t *testing.T) {
	const said = `Unknown kernel command line parameters "nosuch GODEBUG=x slub_debgu=P text=a b", will be passed to user space.`
	for name, tt := range map[string]struct {
		words []string
		line  string
		want  []string
	}{
		"none was given":        {nil, said, nil},
		"each is known":         {[]string{"slub_debug=P", "no"}, said, nil},
		"some are not":          {[]string{"slub_debgu=P", "init_on_free=1", "nosuch"}, said, []string{"slub_debgu=P", "nosuch"}},
		"with a blank in it":    {[]string{`text="a b"`}, said, []string{`text="a b"`}},
		"nothing was said":      {[]string{"nosuch"}, "Kernel command line: nosuch", nil},
		"behind what was quote": {[]string{"userspace"}, said + " userspace ", nil},
	} {
		t.Run(name, func(t *testing.T) {
			if d := cmp.Diff(tt.want, unknownOf(tt.words, []kmsg.Record{{Text: "Linux"}, {Text: tt.line}})); d != "" {
				t.Errorf("unknownOf(%q) (-want +got):\n%s", tt.words, d)
			}
		})
	}
}

// With words for its command line a kernel notices what it does not without, the
// record says that it had them, and a word that is misspelt does not look as if it
// had done anything.
func TestKernelArgs(t *testing.T) {
	kmod, err := filepath.Abs("../../testdata/faults")
	if err != nil {
		t.Fatal(err)
	}
	script := filepath.Join(t.TempDir(), "redzone.txtar")
	if err := os.WriteFile(script, []byte("# A byte too many.\ninsmod fault_redzone\ndmesg *\nrmmod fault_redzone\ndmesg *\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	c, err := lesson.ReadCase(script)
	if err != nil {
		t.Fatal(err)
	}
	for _, series := range tested(t) {
		t.Run(series, func(t *testing.T) {
			for _, tt := range []struct {
				args    []string
				verdict verdict.Verdict
				called  string
				note    string
			}{
				{nil, verdict.Pass, series, ""},
				{[]string{"slub_debug=FZPU"}, verdict.Splat, series + " with slub_debug=FZPU", ""},
				{[]string{"slub_debgu=FZPU"}, verdict.Pass, series + " with slub_debgu=FZPU", "does not know slub_debgu=FZPU"},
			} {
				r, source := newRunner(t, kmod, series)
				r.KernelArgs = tt.args
				col, err := r.Prepare(context.Background(), source)
				if err != nil {
					t.Fatal(err)
				}
				got := r.Case(context.Background(), col, c)
				noted := slices.ContainsFunc(got.Notes, func(note string) bool { return strings.Contains(note, "does not know") })
				if silent := series == "5.10"; noted != (tt.note != "" && !silent) || noted && !strings.Contains(strings.Join(got.Notes, "\n"), tt.note) {
					t.Errorf("with %q the notes are %q; want %q among them", tt.args, got.Notes, tt.note)
				}
				if got.Verdict != tt.verdict || got.Called() != tt.called {
					t.Errorf("with %q: %s on %q: %s; want %s on %q", tt.args, got.Verdict, got.Called(), got.Reason, tt.verdict, tt.called)
				}
			}
		})
	}
}

// What docs/debug-kernels.md has a script write wakes KFENCE, and it hears a use after
// free.
func TestKFENCE(t *testing.T) {
	kmod, err := filepath.Abs("../../testdata/faults")
	if err != nil {
		t.Fatal(err)
	}
	page, err := os.ReadFile("../../../docs/debug-kernels.md")
	if err != nil {
		t.Fatal(err)
	}
	_, wake, _ := strings.Cut(string(page), "\n    requires config:KFENCE\n")
	wake, _, found := strings.Cut(wake, "\n    insmod mydriver\n")
	if !found {
		t.Fatal("the page has no script that wakes KFENCE")
	}
	script := filepath.Join(t.TempDir(), "uaf.txtar")
	wake = "# KFENCE, awake.\nrequires config:KFENCE\n" + strings.ReplaceAll(wake, "    ", "") + "\ninsmod fault_uaf\ndmesg *\n"
	if err := os.WriteFile(script, []byte(wake), 0o644); err != nil {
		t.Fatal(err)
	}
	c, err := lesson.ReadCase(script)
	if err != nil {
		t.Fatal(err)
	}
	for _, series := range tested(t) {
		t.Run(series, func(t *testing.T) {
			r, source := newRunner(t, kmod, series)
			col, err := r.Prepare(context.Background(), source)
			if err != nil {
				t.Fatal(err)
			}
			got := r.Case(context.Background(), col, c)
			if heard := got.Verdict == verdict.Splat && strings.Contains(got.Reason, "KFENCE"); !heard && got.Verdict != verdict.Unsupported {
				t.Errorf("%s: %s; want a report of KFENCE, or a kernel without it", got.Verdict, got.Reason)
			}
			if series == "6.12" && got.Verdict == verdict.Unsupported {
				t.Errorf("%s: %s; 6.12 has KFENCE", got.Verdict, got.Reason)
			}
		})
	}
}
