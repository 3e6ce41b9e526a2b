// SPDX-License-Identifier: GPL-2.0-only

package report

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"kmodlab/internal/step"
)

// tape is what a terminal shows, in pieces.
type tape struct {
	*Terminal
	text strings.Builder
}

func newTape(live bool) *tape {
	p := &tape{}
	p.Terminal = NewTerminal(&p.text, live, 80)
	return p
}

// after lets time pass and returns what is shown meanwhile.
func (p *tape) after(d time.Duration) string {
	p.text.Reset()
	time.Sleep(d)
	synctest.Wait()
	return p.text.String()
}

// A log tells of a step when it begins to last, and does not wait for its end.
func TestLogTellsWhatLasts(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newTape(false)
		p.Listen(step.Event{Kind: step.Began, ID: 1, Name: "install qemu"})
		p.Listen(step.Event{Kind: step.Began, ID: 2, Name: "download linux-image"})
		p.Listen(step.Event{Kind: step.Advanced, ID: 2, Done: 5, Total: 20})
		for _, tt := range []struct {
			pass time.Duration
			want string
		}{
			{9500 * time.Millisecond, ""},
			{time.Second, "...    10.0s  install qemu\n...    10.0s  download linux-image  25%\n"},
			{49 * time.Second, ""},
			{time.Second, "...    60.0s  install qemu\n...    60.0s  download linux-image  25%\n"},
			{2 * time.Minute, "...   120.0s  install qemu\n...   120.0s  download linux-image  25%\n...   180.0s  install qemu\n...   180.0s  download linux-image  25%\n"},
		} {
			if got := p.after(tt.pass); got != tt.want {
				t.Errorf("in the next %v the log says %q; want %q", tt.pass, got, tt.want)
			}
		}
		p.Listen(step.Event{Kind: step.Ended, ID: 1, Name: "install qemu", Elapsed: 200 * time.Second})
		p.Listen(step.Event{Kind: step.Ended, ID: 2, Name: "download linux-image", Elapsed: 201 * time.Second})
		if got := p.after(time.Hour); got != "" || p.clock != nil {
			t.Errorf("when all has ended, the log says %q; want nothing, and no clock that runs", got)
		}
		p.Listen(step.Event{Kind: step.Began, ID: 3, Name: "build"}) // the next one has a clock again
		if got := p.after(11 * time.Second); got != "...    10.0s  build\n" {
			t.Errorf("of the next step the log says %q", got)
		}
		p.Close()
	})
}

// A case is told of when it has lasted for a minute, with the step it is at
// then; its end is told by its verdict.
func TestLogTellsOfCases(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newTape(false)
		p.At("6.12 a/b", "a/b on 6.12: insmod a")
		if got := p.after(30 * time.Second); got != "" {
			t.Errorf("after half a minute the log says %q; want nothing", got)
		}
		p.At("6.12 a/b", "a/b on 6.12: rmmod a")
		if got := p.after(31 * time.Second); got != "...    60.0s  a/b on 6.12: rmmod a\n" {
			t.Errorf("after a minute the log says %q; want the step that the case is at", got)
		}
		p.At("6.12 a/c", "a/c on 6.12: insmod a")
		p.Left("6.12 a/b")
		if got := p.after(50 * time.Second); got != "" {
			t.Errorf("the log says %q; want nothing of a case that is over", got)
		}
		p.Left("6.12 a/c")
		if p.text.Len() > 0 || p.clock != nil {
			t.Errorf("in the end the log says %q; want nothing, and no clock that runs", p.text.String())
		}
	})
}

// On a terminal the seconds are counted though nothing else happens.
func TestLiveTerminalCounts(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newTape(true)
		p.Listen(step.Event{Kind: step.Began, ID: 1, Name: "install qemu"})
		if got, want := p.after(2500*time.Millisecond), "\r\x1b[K...     1.0s  install qemu\r\x1b[K...     2.0s  install qemu"; got != want {
			t.Errorf("in the first seconds the terminal shows %q; want %q", got, want)
		}
		p.text.Reset()
		p.Close()
		if got := p.text.String(); got != "\r\x1b[K" {
			t.Errorf("closed, the terminal shows %q; want the last line cleared", got)
		}
	})
}
