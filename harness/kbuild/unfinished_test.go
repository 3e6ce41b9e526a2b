// SPDX-License-Identifier: GPL-2.0-only

package kbuild

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"kmodlab/harness/cache"
	"kmodlab/harness/kernel"
)

// TestHalfAnObject kills a make that has half an object written, and sees the
// next one begin anew; what a make left that went to its end, stays.
func TestHalfAnObject(t *testing.T) {
	headers := t.TempDir()
	rules := func(text string) {
		t.Helper()
		if err := os.WriteFile(filepath.Join(headers, "Makefile"), []byte("modules:\n\t@"+text+"\n"), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	c, err := cache.At(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	k := &kernel.Kernel{Headers: headers, HeadersKey: "as they are"}
	target, err := Target(t.Context(), c, k)
	if err != nil {
		t.Fatal(err)
	}
	s := &sources{names: []string{"a.c"}, text: map[string][]byte{"a.c": []byte("int a;\n")}}
	stage := filepath.Join(c.Root(), "stage")
	found := func() string { // by the last make
		t.Helper()
		text, err := os.ReadFile(filepath.Join(stage, "found"))
		if err != nil {
			t.Fatal(err)
		}
		return string(text)
	}

	rules("touch $(M)/half.o; sleep 1000")
	ctx, cancel := context.WithCancel(t.Context())
	go func() {
		for ctx.Err() == nil {
			if _, err := os.Stat(filepath.Join(stage, "half.o")); err == nil {
				cancel()
			}
			time.Sleep(time.Millisecond)
		}
	}()
	if err := s.makeIn(ctx, c, k, stage, target); err == nil {
		t.Fatal("a make that was killed ended well")
	}
	rules("ls $(M) >$(M)/found; touch $(M)/whole.o; exit 1")
	s.makeIn(t.Context(), c, k, stage, target)
	if got := found(); strings.Contains(got, "half.o") || !strings.Contains(got, "a.c") {
		t.Errorf("the next make finds %q; want the sources alone", got)
	}
	rules("ls $(M) >$(M)/found")
	if err := s.makeIn(t.Context(), c, k, stage, target); err != nil || !strings.Contains(found(), "whole.o") {
		t.Errorf("the one after it finds %q, %v; want whole.o, too", found(), err)
	}
}
