// SPDX-License-Identifier: GPL-2.0-only

package report

import (
	"fmt"
	"io"
	"strings"
	"sync"
	"time"

	"kmodlab/internal/step"
)

// Terminal shows the stream of steps: one line for each that ends, and what is
// being waited for: on a terminal as a last line that counts the seconds, in a
// log as a line for each step that lasts. It also carries the lines that are
// not steps, so that nothing overwrites them.
type Terminal struct {
	mu      sync.Mutex
	w       io.Writer
	live    bool        // w is a terminal: the last line may be rewritten
	width   int         // of the terminal, in columns
	running []*waited   // in order of their start
	clock   *time.Timer // calls tick while something is running
	drawn   bool        // the last line is a status that must be cleared
}

// NewTerminal returns a view that writes to w. A live one (w is a terminal of
// width columns) rewrites its last line; another writes whole lines only, no
// escape codes.
func NewTerminal(w io.Writer, live bool, width int) *Terminal {
	return &Terminal{w: w, live: live, width: width}
}

// Quick is how long a step may take without being worth a line when it goes
// well.
const quick = 200 * time.Millisecond

// Listen takes an event; it is a [step.Listener].
func (t *Terminal) Listen(e step.Event) {
	t.mu.Lock()
	defer t.mu.Unlock()
	switch e.Kind {
	case step.Began:
		t.begin(&waited{id: e.ID, name: e.Name, due: soon})
	case step.Advanced:
		if s := t.find(e.ID); s != nil {
			s.done, s.total = e.Done, e.Total
		}
	case step.Noted:
		t.clear()
		fmt.Fprintf(t.w, "note: %s\n", e.Text)
	case step.Ended:
		t.end(e)
	}
	t.draw()
}

// Printf writes lines that are not steps.
func (t *Terminal) Printf(format string, args ...any) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.clear()
	fmt.Fprintf(t.w, format, args...)
	t.draw()
}

// Fresh begins anew: on an empty screen, where the terminal is live, below a
// rule elsewhere.
func (t *Terminal) Fresh() {
	t.mu.Lock()
	defer t.mu.Unlock()
	if !t.live {
		fmt.Fprintf(t.w, "\n%s\n\n", strings.Repeat("-", 60))
		return
	}
	fmt.Fprint(t.w, "\x1b[H\x1b[2J\x1b[3J")
	t.drawn = false
	t.draw()
}

func (t *Terminal) end(e step.Event) {
	t.drop(func(s *waited) bool { return s.id == e.ID })
	switch {
	case e.Err != nil:
		t.clear()
		fmt.Fprintf(t.w, "FAIL %6.1fs  %s\n", e.Elapsed.Seconds(), e.Name)
	case e.Elapsed >= quick:
		t.clear()
		fmt.Fprintf(t.w, "ok   %6.1fs  %s\n", e.Elapsed.Seconds(), e.Name)
	}
}

func (t *Terminal) find(id int64) *waited {
	for _, s := range t.running {
		if s.id == id {
			return s
		}
	}
	return nil
}

func (t *Terminal) clear() {
	if t.drawn {
		fmt.Fprint(t.w, "\r\x1b[K")
		t.drawn = false
	}
}

// draw writes the status line: the oldest running step, for that is the one
// that everything waits for.
func (t *Terminal) draw() {
	if !t.live || len(t.running) == 0 {
		t.clear()
		return
	}
	text := t.running[0].status()
	switch more := t.running[1:]; {
	case len(more) == 1: // of a step that has parts, the part
		text += fmt.Sprintf("  (and %s)", more[0].name)
	case len(more) > 1:
		text += fmt.Sprintf("  (and %d more)", len(more))
	}
	if r := []rune(text); t.width > 4 && len(r) >= t.width {
		text = string(r[:t.width-2]) + "…"
	}
	fmt.Fprint(t.w, "\r\x1b[K"+text)
	t.drawn = true
}

// Size formats n bytes for people: "21.5 MB".
func Size(n int64) string {
	switch {
	case n >= 1e9:
		return fmt.Sprintf("%.1f GB", float64(n)/1e9)
	case n >= 1e6:
		return fmt.Sprintf("%.1f MB", float64(n)/1e6)
	case n >= 1e3:
		return fmt.Sprintf("%.0f kB", float64(n)/1e3)
	}
	return fmt.Sprintf("%d B", n)
}

// Indent puts prefix before each line of text.
func Indent(text, prefix string) string {
	text = strings.TrimRight(text, "\n")
	if text == "" {
		return ""
	}
	return prefix + strings.ReplaceAll(text, "\n", "\n"+prefix) + "\n"
}
