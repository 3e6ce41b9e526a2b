// SPDX-License-Identifier: GPL-2.0-only

package matrix

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"kmodlab/harness/internal/api"
	"kmodlab/harness/internal/kbuild"
	"kmodlab/harness/internal/lesson"
	"kmodlab/harness/internal/verdict"
	"kmodlab/internal/kernel"
	"kmodlab/internal/ko/kotest"
)

// headersOf makes a folder of headers.
func headersOf(t *testing.T, symvers, text string) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range map[string]string{"Module.symvers": symvers, "include/linux/x.h": text} {
		write(t, filepath.Join(dir, name), text)
	}
	return dir
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

// A build says at once which kernel has what this one lacks.
func TestExplainBuild(t *testing.T) {
	src := t.TempDir()
	write(t, filepath.Join(src, "drv", "Makefile"), "EXTRA_CFLAGS += -I$(src)/include\n")
	old := api.Kernel{Name: "6.12", Release: "6.12.118+deb13-cloud-amd64", Headers: headersOf(t, "0x1\tsymbol\tvmlinux\tEXPORT_SYMBOL\t\n",
		"int del_timer_sync(void);\nint a(void);\nint b(void);\nint c(void);\nint d(void);\nint e(void);\nint f(void);\n")}
	k := &kernel.Kernel{Release: "7.3.4+deb13-cloud-amd64", Headers: headersOf(t, "", "int symbol(void);\n")}
	for name, tt := range map[string]struct {
		messages []string
		want     []string
	}{
		"a function that is gone": {[]string{"error: implicit declaration of function 'del_timer_sync'"},
			[]string{"del_timer_sync: gone here; 6.12 still has it; since 6.15 it is timer_delete_sync() (commit 8fa7292fee5c)"}},
		"a word that nobody has, and one that is gone": {[]string{"error: 'DRV_VERSION' undeclared", "error: 'a' undeclared"},
			[]string{"a: gone here; 6.12 still has it", "EXTRA_CFLAGS: since 6.15 Kbuild ignores it, and the -I and -D in it; write ccflags-y (commit e966ad0edd00)"}},
		"one that no kernel in the cache has": {[]string{"error: call to undeclared function 'from_timer'"}, []string{"from_timer: gone here; since 6.16 it is timer_container_of() (commit 41cb08555c41)"}},
		"a symbol":                            {[]string{`"symbol" [/src/a.ko] undefined!`}, []string{"symbol: declared here, not exported; 6.12 still exports it"}},
		"a header":                            {[]string{"fatal error: drv.h: No such file or directory"}, []string{"EXTRA_CFLAGS: since 6.15 Kbuild ignores it, and the -I and -D in it; write ccflags-y (commit e966ad0edd00)"}},
		"a typing error":                      {[]string{"error: expected ';' before '}' token"}, nil},
		"an owner":                            {[]string{"error: too many arguments to function 'class_create'"}, []string{"class_create: since 6.4 it takes the name alone, without THIS_MODULE (commit 1aaba11da9aa)"}},
		"more than one reads": {[]string{"'a' undeclared", "'b' undeclared", "'c' undeclared", "'d' undeclared", "'e' undeclared", "'f' undeclared"},
			[]string{"a: gone here; 6.12 still has it", "b: gone here; 6.12 still has it", "c: gone here; 6.12 still has it", "d: gone here; 6.12 still has it", "e: gone here; 6.12 still has it"}},
	} {
		t.Run(name, func(t *testing.T) {
			failed := &kbuild.Error{Source: src}
			for _, text := range tt.messages {
				failed.Messages = append(failed.Messages, kbuild.Message{Text: text})
			}
			got := (&Runner{History: api.History{old}}).explainBuild(k, "7.3", failed)
			if d := cmp.Diff(tt.want, got); d != "" {
				t.Errorf("explainBuild() (-want +got):\n%s", d)
			}
		})
	}
}

// What an error comes of is told of every case that it keeps from being run.
func TestHintsOf(t *testing.T) {
	failed := &kbuild.Error{Messages: []kbuild.Message{{File: "a.c", Line: 1, Text: "error: x"}}}
	col := &Target{buildError: failed, hints: map[*kbuild.Error][]string{failed: {"first", "second"}}, modules: &kbuild.Modules{}}
	f, done := beforehand(col, lesson.Case{Lesson: "a"})
	if d := cmp.Diff(verdict.Facts{BuildError: failed.Error(), Hints: []string{"first", "second"}}, f); d != "" || !done {
		t.Errorf("beforehand() (-want +got), done %v:\n%s", done, d)
	}
	if got := col.hintsOf(os.ErrNotExist); got != nil {
		t.Errorf("hintsOf(another error) = %q", got)
	}
}

func TestExplainRefusal(t *testing.T) {
	old := api.Kernel{Name: "6.12", Release: "6.12.118+deb13-cloud-amd64", Headers: headersOf(t, "0x1\tstrlcpy\tvmlinux\tEXPORT_SYMBOL\t\n", "")}
	col := &Target{kernel: &kernel.Kernel{Release: "7.3.4+deb13-cloud-amd64", Headers: headersOf(t, "0x1\tcrc7\tlib/crc7\tEXPORT_SYMBOL\t\n", "")}}
	image := kotest.Module(t, []string{"parmtype=count:int", "parmtype=name:charp"})
	pci := kotest.Module(t, []string{"alias=pci:v*d*sv*sd*bc01sc08i02*"})
	for name, tt := range map[string]struct {
		inserted *insertion
		errno    string
		want     []string
	}{
		"a symbol that is gone": {&insertion{log: []string{"m: Unknown symbol strlcpy (err -2)"}}, "ENOENT",
			[]string{"strlcpy: gone here; 6.12 still exports it; since 6.8 it is strscpy(), which returns -E2BIG where it had to cut (commit d26270061ae6)"}},
		"a symbol of a module":           {&insertion{log: []string{"m: Unknown symbol crc7 (err -2)"}}, "ENOENT", []string{"crc7: the kernel's module crc7 exports it, which has to be inserted before"}},
		"a symbol that nobody has":       {&insertion{log: []string{"m: Unknown symbol mine (err -2)"}}, "ENOENT", []string{"nothing that is loaded exports mine, or only to modules under the GPL"}},
		"no device":                      {&insertion{}, "ENODEV", []string{"its init found no such device; this VM has none"}},
		"a device that there is":         {&insertion{image: pci}, "ENXIO", []string{`its init found no such device; this VM has none: give it one by devices = ["nvme"] in kmodlab.toml, or by -device=nvme`}},
		"parameters":                     {&insertion{image: image}, "EINVAL", []string{"its init returned it, and no parameter was given; it has count, name"}},
		"parameters that were given":     {&insertion{image: image, params: []string{"count=1"}}, "EINVAL", nil},
		"another error":                  {&insertion{image: image}, "EBUSY", nil},
		"what is no module":              {&insertion{image: []byte("x")}, "EINVAL", nil},
		"a module that is not let go":    {nil, "EBUSY", nil},
		"one whose removal is no device": {nil, "ENODEV", nil},
	} {
		t.Run(name, func(t *testing.T) {
			got := (&Runner{History: api.History{old}}).explainRefusal(&guest{column: col, inserted: tt.inserted}, &lesson.Refusal{Module: "m", Errno: tt.errno})
			if d := cmp.Diff(tt.want, got); d != "" {
				t.Errorf("explainRefusal() (-want +got):\n%s", d)
			}
		})
	}
	if got := (&Runner{}).explainRefusal(&guest{column: col, inserted: &insertion{}}, nil); got != nil {
		t.Errorf("explainRefusal(no refusal) = %q", got)
	}
}

// What a kernel remarks is kept of a case that passed. Of another there is worse
// to see to.
func TestFindingsOfAPass(t *testing.T) {
	remarked := verdict.Record{Findings: []string{"x is deprecated"}}
	if got := (&Runner{}).decide(remarked, verdict.Facts{Began: true, Finished: true, Answered: true}); len(got.Findings) != 1 {
		t.Errorf("a case that is %s has the findings %q; want one", got.Verdict, got.Findings)
	}
	if got := (&Runner{Strict: true}).decide(remarked, verdict.Facts{Began: true, Finished: true, Answered: true}); got.Verdict != verdict.Fail || got.Owner != "module" || !strings.Contains(got.Reason, "x is deprecated") {
		t.Errorf("a strict case with a finding is %s (%s), %q; want a fail of the module's that tells it", got.Verdict, got.Owner, got.Reason)
	}
	if got := (&Runner{}).decide(remarked, verdict.Facts{Began: true, Problem: "p"}); len(got.Findings) != 0 {
		t.Errorf("a case that is %s has the findings %q; want none", got.Verdict, got.Findings)
	}
}
