// SPDX-License-Identifier: GPL-2.0-only

package report

import (
	"fmt"
	"slices"
	"time"
)

// waited is a step that is under way, or a case.
type waited struct {
	id          int64  // of a step
	key         string // of a case
	name        string
	began       time.Time
	due         time.Duration // how long it has to last to be worth a line in a log
	done, total int64
}

// A log tells of what lasts: a step soon, for it should not; a case, of which
// there are many, later; and then again and again.
const (
	soon  = 10 * time.Second
	later = time.Minute
	again = time.Minute
)

// status says what is being waited for, and for how long already.
func (s *waited) status() string {
	text := fmt.Sprintf("...  %6.1fs  %s", time.Since(s.began).Seconds(), s.name)
	if s.total > 0 {
		text += fmt.Sprintf("  %d%%", s.done*100/s.total)
	}
	return text
}

// At says what the case called key is at now. It is under way until it is
// [Terminal.Left].
func (t *Terminal) At(key, what string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if i := slices.IndexFunc(t.running, func(s *waited) bool { return s.key == key }); i >= 0 {
		t.running[i].name = what
	} else {
		t.begin(&waited{key: key, name: what, due: later})
	}
	t.draw()
}

// Left says that the case called key is over. What became of it is told
// elsewhere.
func (t *Terminal) Left(key string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.drop(func(s *waited) bool { return s.key == key })
	t.draw()
}

// Close forgets what is under way: nobody waits for it any more.
func (t *Terminal) Close() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.drop(func(*waited) bool { return true })
	t.draw()
}

func (t *Terminal) begin(s *waited) {
	s.began = time.Now()
	t.running = append(t.running, s)
	if t.clock == nil {
		t.clock = time.AfterFunc(time.Second, t.tick)
	}
}

func (t *Terminal) drop(over func(*waited) bool) {
	t.running = slices.DeleteFunc(t.running, over)
	if len(t.running) == 0 && t.clock != nil {
		t.clock.Stop()
		t.clock = nil
	}
}

// tick is called each second while something is running.
func (t *Terminal) tick() {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.clock == nil { // stopped when this was about to begin
		return
	}
	t.clock.Reset(time.Second)
	if t.live {
		t.draw()
		return
	}
	for _, s := range t.running {
		if lasts := time.Since(s.began); lasts >= s.due {
			fmt.Fprintln(t.w, s.status())
			s.due = lasts.Truncate(again) + again
		}
	}
}
