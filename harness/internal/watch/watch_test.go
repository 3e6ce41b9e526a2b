// SPDX-License-Identifier: GPL-2.0-only

package watch

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// An editor's way to save is seen, whatever it is; what concerns nobody is
// not.
func TestWait(t *testing.T) {
	for name, tt := range map[string]struct {
		save func(t *testing.T, dir string)
		seen bool
	}{
		"write in place": {func(t *testing.T, dir string) { write(t, dir, "a.c", "int b;\n") }, true},
		"write beside and rename": {func(t *testing.T, dir string) {
			write(t, dir, ".a.c.swx", "int a;\n")
			rename(t, dir, ".a.c.swx", "a.c")
		}, true},
		"keep a backup and write anew": {func(t *testing.T, dir string) {
			rename(t, dir, "a.c", "a.c~")
			write(t, dir, "a.c", "int a;\n")
		}, true},
		"add a file": {func(t *testing.T, dir string) { write(t, dir, "b.c", "") }, true},
		"remove a file": {func(t *testing.T, dir string) {
			if err := os.Remove(filepath.Join(dir, "a.c")); err != nil {
				t.Fatal(err)
			}
		}, true},
		"write another kind of file": {func(t *testing.T, dir string) { write(t, dir, "README.md", "words") }, false},
		"read":                       {func(t *testing.T, dir string) { os.ReadFile(filepath.Join(dir, "a.c")) }, false},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			write(t, dir, "a.c", "int a;\n")
			w, err := New(func(name string) bool { return strings.HasSuffix(name, ".c") }, dir, filepath.Join(dir, "missing"))
			if err != nil {
				t.Fatal(err)
			}
			tt.save(t, dir)
			synctest.Test(t, func(t *testing.T) { // where a minute is a number of looks
				ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
				defer cancel()
				if err := w.Wait(ctx); (err == nil) != tt.seen {
					t.Errorf("Wait() = %v; want it to see the change: %v", err, tt.seen)
				}
				ctx, cancel = context.WithTimeout(t.Context(), time.Minute)
				defer cancel()
				if err := w.Wait(ctx); !errors.Is(err, context.DeadlineExceeded) {
					t.Errorf("Wait() once more = %v; want it to wait for the next change", err)
				}
			})
		})
	}
}

func write(t *testing.T, dir, name, text string) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

func rename(t *testing.T, dir, from, to string) {
	t.Helper()
	if err := os.Rename(filepath.Join(dir, from), filepath.Join(dir, to)); err != nil {
		t.Fatal(err)
	}
}
