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
	"kmodlab/internal/kernel"
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

// What an error comes of stands behind it, for every case that it keeps from
// being run.
func TestTold(t *testing.T) {
	failed := &kbuild.Error{Messages: []kbuild.Message{{File: "a.c", Line: 1, Text: "error: x"}}}
	col := &Target{buildError: failed, hints: map[*kbuild.Error][]string{failed: {"first", "second"}}}
	if got := col.told(failed); !strings.HasSuffix(got, "\n  a.c:1: error: x\n  hint: first\n  hint: second") {
		t.Errorf("told() = %q", got)
	}
	if got := col.told(os.ErrNotExist); got != os.ErrNotExist.Error() {
		t.Errorf("told(another error) = %q", got)
	}
}
