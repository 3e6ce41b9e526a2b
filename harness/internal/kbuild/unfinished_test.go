// SPDX-License-Identifier: GPL-2.0-only

package kbuild

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"kmodlab/internal/box"
	"kmodlab/internal/cache"
	"kmodlab/internal/kernel"
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

// TestStandInIsSafe has a build write to the stand-in for the compiler, which
// the next build would run, and to what it remembers.
func TestStandInIsSafe(t *testing.T) {
	if err := box.Walls(); err != nil {
		t.Skipf("no box can be had: %v", err)
	}
	headers, tools := t.TempDir(), t.TempDir()
	rules := "modules:\n\t@command -v cc-1; echo poison >$$(command -v cc-1); touch $$(dirname $$(command -v cc-1))/../yes/it\n"
	if err := os.WriteFile(filepath.Join(headers, "Makefile"), []byte(rules), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(tools, "cc-1"), []byte("#!/bin/sh\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	c, err := cache.At(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	k := &kernel.Kernel{Headers: headers, Toolchain: kernel.Toolchain{ID: "1", CC: "cc-1", Bin: tools}}
	dir, err := probesIn(t.Context(), c, k)
	if err != nil {
		t.Fatal(err)
	}
	stand := filepath.Join(dir, probesBin, "cc-1")
	output, err := runMake(t.Context(), c, k, t.TempDir(), nil)
	if err != nil || !strings.Contains(output, stand+"\n") {
		t.Errorf("make ends with %v: %q; want it to find the stand-in %s", err, output, stand)
	}
	if text, err := os.ReadFile(stand); err != nil || strings.Contains(string(text), "poison") {
		t.Errorf("the stand-in is now %q, %v", text, err)
	}
	if _, err := os.Stat(filepath.Join(dir, probesYes, "it")); err != nil {
		t.Errorf("a build remembers nothing: %v", err)
	}
}
