// SPDX-License-Identifier: GPL-2.0-only

package matrix

import (
	"context"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/BurntSushi/toml"

	"kmodlab/harness/internal/foreign"
	"kmodlab/harness/internal/kbuild"
	"kmodlab/harness/internal/lesson"
	"kmodlab/harness/internal/verdict"
	"kmodlab/internal/kernel"
	"kmodlab/vmimages/vmimagestest"
)

const wrongs = "../../testdata/wrong"

// wrong is what noticed.toml says of a module.
type wrong struct {
	Module  string
	Mistake string
	Lines   bool              // on the debug kernel, the report has a line of the mistake
	Noticed map[string]string // by kernel: "pass", or "splat: some words of the reason"
}

// wrongKernels are those that noticed.toml tells of.
var wrongKernels = []string{"5.10", "6.12", "7.3", "6.12 debug"}

// Each kernel notices of the wrong modules what noticed.toml says, and nothing at
// all of the same ones mended.
func TestWrong(t *testing.T) {
	vmimagestest.Long(t)
	modules := readWrong(t)
	for _, name := range wrongKernels {
		t.Run(name, func(t *testing.T) {
			r, source := newRunner(t, "", name)
			for _, got := range runWrong(t, r, source, modules) {
				t.Run(got.Case, func(t *testing.T) {
					if got.Case != mended {
						checkWrong(t, r, name, modules[got.Case], got)
						return
					}
					if got.Verdict != verdict.Pass || len(got.Findings) > 0 {
						t.Errorf("verdict %s, reason %q, findings %q; want a pass\n%s", got.Verdict, got.Reason, got.Findings, logTail(r, got))
					}
				})
			}
		})
	}
}

// mended is the case of all modules, one after the other, as they should be.
const mended = "mended"

// runWrong returns what becomes of each module, and of all of them mended.
func runWrong(t *testing.T, r *Runner, source kernel.Source, modules map[string]wrong) []verdict.Record {
	t.Helper()
	folder, err := foreign.Read(wrongs, "")
	if err != nil {
		t.Fatal(err)
	}
	r.Build = func(ctx context.Context, k *kernel.Kernel) (*kbuild.Modules, error) {
		return folder.Build(ctx, r.Cache, k)
	}
	scripts := map[string]string{}
	for _, module := range slices.Sorted(maps.Keys(modules)) {
		scripts[module] = wrongScript(module, "")
		scripts[mended] += wrongScript(module, " mended=1")
	}
	for _, name := range []string{"leaked", mended} { // nothing-left asks for leaks
		scripts[name] = "remember\ndmesg *\n" + scripts[name] + "nothing-left\ndmesg *\n"
	}
	records, err := r.RunBuilt(t.Context(), []kernel.Source{source}, folder.Unbuilt(""), func(context.Context, *kernel.Kernel, *kbuild.Modules) ([]lesson.Case, error) {
		var cases []lesson.Case
		for _, name := range slices.Sorted(maps.Keys(scripts)) {
			path := filepath.Join(t.TempDir(), name+".txtar")
			if err := os.WriteFile(path, []byte(scripts[name]+"run sleep 1\ndmesg *\n"), 0o644); err != nil {
				return nil, err
			}
			c, err := lesson.ReadCase(path)
			if err != nil {
				return nil, err
			}
			cases = append(cases, c)
		}
		return cases, nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(records) != len(scripts) {
		t.Errorf("%d cases ran; want %d", len(records), len(scripts))
	}
	return records
}

// wrongScript inserts a module and removes it.
func wrongScript(module, parameter string) string {
	script := "insmod " + module + parameter + "\ndmesg *\nrmmod " + module + "\ndmesg *\n"
	if module == "callback_left" {
		script = "insmod callback_event\ndmesg *\n" + script + "rmmod callback_event\ndmesg *\n"
	}
	return script
}

// readWrong returns what noticed.toml says, by module.
func readWrong(t *testing.T) map[string]wrong {
	t.Helper()
	var file struct{ Wrong []wrong }
	meta, err := toml.DecodeFile(filepath.Join(wrongs, "noticed.toml"), &file)
	if err != nil || len(meta.Undecoded()) > 0 {
		t.Fatalf("noticed.toml: %v, unknown %v", err, meta.Undecoded())
	}
	modules := map[string]wrong{}
	for _, w := range file.Wrong {
		if kernels := slices.Sorted(maps.Keys(w.Noticed)); !slices.Equal(kernels, slices.Sorted(slices.Values(wrongKernels))) {
			t.Errorf("noticed.toml tells of %s on %q; want %q", w.Module, kernels, wrongKernels)
		}
		modules[w.Module] = w
	}
	return modules
}

// checkWrong compares what became of a wrong module with what it says on kernel.
func checkWrong(t *testing.T, r *Runner, kernel string, w wrong, got verdict.Record) {
	t.Helper()
	v, words, _ := strings.Cut(w.Noticed[kernel], ": ")
	if string(got.Verdict) != v || !strings.Contains(got.Reason, words) || v == "pass" && len(got.Findings) > 0 {
		t.Errorf("verdict %s, reason %q, findings %q; want %s: %s\n%s", got.Verdict, got.Reason, got.Findings, v, words, logTail(r, got))
	}
	if !w.Lines || !strings.HasSuffix(kernel, " debug") {
		return
	}
	first, last := wrongLines(t, w.Module)
	for _, m := range regexp.MustCompile(regexp.QuoteMeta(w.Module)+`\.c:(\d+)`).FindAllStringSubmatch(got.Trouble, -1) {
		if line, err := strconv.Atoi(m[1]); err == nil && first <= line && line <= last {
			return
		}
	}
	t.Errorf("the kernel reported\n%s\nwant a line with %s.c:%d", got.Trouble, w.Module, first)
}

// wrongLines returns the lines of the statement below the comment that says what
// is wrong, with a condition or the head of a loop.
func wrongLines(t *testing.T, module string) (first, last int) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(wrongs, module+".c"))
	if err != nil {
		t.Fatal(err)
	}
	before, _, found := strings.Cut(string(text), "/* Wrong: ")
	if !found {
		t.Fatalf("%s.c does not say what is wrong", module)
	}
	first = strings.Count(before, "\n") + 2
	return first, first + 2
}

// logTail returns the end of a case's log.
func logTail(r *Runner, got verdict.Record) string {
	log, err := os.ReadFile(filepath.Join(r.Out, got.Log))
	if err != nil {
		return fmt.Sprintf("no log: %v", err)
	}
	return tail(string(log), 40)
}
