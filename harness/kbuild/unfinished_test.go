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
	k := &kernel.Kernel{Headers: headers}
	s := &sources{names: []string{"a.c"}, text: map[string][]byte{"a.c": []byte("int a;\n")}}
	stage := filepath.Join(c.Root(), "stage")

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
	if output, err := s.makeIn(ctx, c, k, stage); err == nil {
		t.Fatalf("a make that was killed ended well: %q", output)
	}
	rules("ls $(M); touch $(M)/whole.o; exit 1")
	if output, _ := s.makeIn(t.Context(), c, k, stage); strings.Contains(output, "half.o") || !strings.Contains(output, "a.c") {
		t.Errorf("the next make finds %q; want the sources alone", output)
	}
	rules("ls $(M)")
	if output, err := s.makeIn(t.Context(), c, k, stage); err != nil || !strings.Contains(output, "whole.o") {
		t.Errorf("the one after it finds %q, %v; want whole.o, too", output, err)
	}
}
