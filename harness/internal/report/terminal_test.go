// SPDX-License-Identifier: GPL-2.0-only

package report

import (
	"errors"
	"strings"
	"testing"
	"time"

	"kmodlab/internal/step"
)

func events(v *Terminal) {
	v.Listen(step.Event{Kind: step.Began, ID: 1, Name: "download linux-image"})
	v.Listen(step.Event{Kind: step.Began, ID: 2, Name: "look around"})
	v.Listen(step.Event{Kind: step.Advanced, ID: 1, Name: "download linux-image", Done: 5e6, Total: 20e6})
	v.Listen(step.Event{Kind: step.Ended, ID: 2, Name: "look around", Elapsed: time.Millisecond})
	v.Listen(step.Event{Kind: step.Noted, Text: "KVM is useless here"})
	v.Listen(step.Event{Kind: step.Ended, ID: 1, Name: "download linux-image", Elapsed: 1200 * time.Millisecond})
	v.Listen(step.Event{Kind: step.Began, ID: 3, Name: "build"})
	v.Listen(step.Event{Kind: step.Began, ID: 4, Name: "this"})
	v.Listen(step.Event{Kind: step.Began, ID: 5, Name: "that"})
	v.Listen(step.Event{Kind: step.Ended, ID: 4, Name: "this"})
	v.Listen(step.Event{Kind: step.Ended, ID: 5, Name: "that"})
	v.Listen(step.Event{Kind: step.Ended, ID: 3, Name: "build", Elapsed: 10 * time.Millisecond, Err: errors.New("x")})
	v.Printf("done\n")
}

func TestPlainLog(t *testing.T) {
	var b strings.Builder
	events(NewTerminal(&b, false, 0))
	want := "note: KVM is useless here\nok      1.2s  download linux-image\nFAIL    0.0s  build\ndone\n"
	if b.String() != want {
		t.Errorf("log = %q; want %q", b.String(), want)
	}
}

func TestLiveTerminal(t *testing.T) {
	var b strings.Builder
	events(NewTerminal(&b, true, 60))
	for _, want := range []string{"download linux-image  25%", "(and look around)", "build  (and 2 more)", "\r\x1b[Knote: KVM"} {
		if !strings.Contains(b.String(), want) {
			t.Errorf("terminal = %q; want it to show %q", b.String(), want)
		}
	}
	if !strings.HasSuffix(b.String(), "\r\x1b[KFAIL    0.0s  build\ndone\n") {
		t.Errorf("terminal = %q; want no status line at its end", b.String())
	}
}

func TestNarrowTerminal(t *testing.T) {
	var b strings.Builder
	v := NewTerminal(&b, true, 20)
	v.Listen(step.Event{Kind: step.Began, ID: 1, Name: strings.Repeat("long ", 20)})
	defer v.Close() // at the end: it clears the line
	if line := strings.TrimPrefix(b.String(), "\r\x1b[K"); len([]rune(line)) >= 20 {
		t.Errorf("status line %q has %d columns; want fewer than 20", line, len([]rune(line)))
	}
}

func TestSize(t *testing.T) {
	for n, want := range map[int64]string{12: "12 B", 4096: "4 kB", 21521796: "21.5 MB", 1600e6: "1.6 GB"} {
		if got := Size(n); got != want {
			t.Errorf("Size(%d) = %q; want %q", n, got, want)
		}
	}
}
