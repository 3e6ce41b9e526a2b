// SPDX-License-Identifier: GPL-2.0-only

package vm

import (
	"testing"
	"time"
)

// Only time in which the guest could run is its own.
func TestOwnTime(t *testing.T) {
	began := time.Now()
	at := func(wall, ran, queued, stolen time.Duration) pulse {
		return pulse{at: began.Add(wall), ran: ran, queued: queued, stolen: stolen}
	}
	const s = time.Second
	for name, tt := range map[string]struct {
		now      pulse
		slowness float64
		most     time.Duration
		want     time.Duration
	}{
		"busy on a quiet machine":          {at(s, s, 0, 0), 1, 2 * s, s},
		"idle on a quiet machine":          {at(s, 0, 0, 0), 1, 2 * s, s},
		"half busy, half idle":             {at(s, s/2, 0, 0), 1, 2 * s, s},
		"it waits for a CPU":               {at(10*s, s, 9*s, 0), 1, 20 * s, s},
		"a CPU second is worth a tenth":    {at(10*s, 10*s, 0, 0), 10, 20 * s, s},
		"the hypervisor takes nearly all":  {at(10*s, s, 0, 9*s), 1, 20 * s, s},
		"both processors are taken":        {at(10*s, s, 0, 19*s), 1, 20 * s, s},
		"stopped: it seems idle":           {at(60*s, 0, 0, 0), 1, s, s},
		"stopped, and nobody looked":       {at(3600*s, s, 0, 0), 1, 2 * s, 2 * s},
		"a thread has ended":               {at(s, -5*s, -5*s, 0), 1, 2 * s, s},
		"two processors at once, no more":  {at(s, 2*s, 0, 0), 1, 2 * s, s},
		"the clock was set back meanwhile": {at(-s, 0, 0, 0), 1, 2 * s, 0},
	} {
		t.Run(name, func(t *testing.T) {
			if got := own(at(0, 0, 0, 0), tt.now, tt.slowness, tt.most); got != tt.want {
				t.Errorf("own(%+v, slowness %v, most %v) = %v; want %v", tt.now, tt.slowness, tt.most, got, tt.want)
			}
		})
	}
}

func TestLostTime(t *testing.T) {
	began := time.Now()
	const s = time.Second
	for name, tt := range map[string]struct {
		now  pulse
		want time.Duration
	}{
		"quiet":                    {pulse{ran: s}, 0},
		"idle":                     {pulse{}, 0},
		"it waits for a CPU":       {pulse{ran: s, queued: 3 * s}, 3 * s},
		"taken by a hypervisor":    {pulse{ran: s, stolen: 2 * s}, 2 * s},
		"stopped by a signal":      {pulse{ran: s, stops: 1}, 9 * s},
		"stopped, and kept before": {pulse{ran: s, queued: 3 * s, stops: 2}, 9 * s},
	} {
		t.Run(name, func(t *testing.T) {
			tt.now.at = began.Add(10 * s)
			if got := lost(pulse{at: began}, tt.now); got != tt.want {
				t.Errorf("lost(%+v) = %v; want %v", tt.now, got, tt.want)
			}
		})
	}
}

func TestWorthless(t *testing.T) {
	for slowness, want := range map[float64]time.Duration{1: 0, 2: 5 * time.Second, 10: 9 * time.Second} {
		if got := worthless(10*time.Second, slowness); got != want {
			t.Errorf("worthless(10s, %v) = %v; want %v", slowness, got, want)
		}
	}
	if got := worthless(-time.Second, 2); got != 0 {
		t.Errorf("worthless(-1s, 2) = %v; want 0", got)
	}
}

func TestParseSchedstat(t *testing.T) {
	for text, want := range map[string][2]time.Duration{
		"80464672 484936740 325\n": {80464672, 484936740},
		"1 2":                      {1, 2},
		"":                         {0, 0},
		"12":                       {0, 0},
		"x y z":                    {0, 0},
	} {
		if ran, queued := parseSchedstat(text); ran != want[0] || queued != want[1] {
			t.Errorf("parseSchedstat(%q) = %v, %v; want %v", text, ran, queued, want)
		}
	}
}

func TestParseSteal(t *testing.T) {
	for text, want := range map[string]time.Duration{
		"cpu  64663 0 17744 16610 581 0 196 814 0 0\ncpu0 1 2": 8140 * time.Millisecond,
		"cpu  1 2 3":             0,
		"":                       0,
		"cpu  a b c d e f g h i": 0,
	} {
		if got := parseSteal(text); got != want {
			t.Errorf("parseSteal(%q) = %v; want %v", text, got, want)
		}
	}
}

// What was taken is read anew only when the kernel's count may have moved.
func TestThief(t *testing.T) {
	const old = 1000000 * time.Hour // no machine lost that much
	now := time.Now()
	th := &thief{read: now, stole: old}
	if got := th.taken(now.Add(grain - 1)); got != old {
		t.Errorf("within a grain: %v; want what was read before", got)
	}
	if got := th.taken(now.Add(grain)); got == old {
		t.Errorf("after a grain: %v; want it read anew", got)
	}
}

// The work takes CPU time, and more of it means a slower machine.
func TestYardstick(t *testing.T) {
	y := newYardstick()
	if took, cost := y.work(); took <= 0 || cost <= took {
		t.Errorf("work() = %v of %v; want some time, and more with all around it", took, cost)
	}
	if got := y.slowness(); got < 1 {
		t.Errorf("slowness() = %v; want 1 or more", got)
	}
	y.next = time.Now().Add(time.Hour)
	before := y.at
	if y.slowness(); y.at != before {
		t.Error("it measures anew at once")
	}
	y.next = time.Now().Add(-time.Nanosecond)
	if y.slowness(); y.at == before {
		t.Error("it does not measure anew when the last time was long enough ago")
	}
	if next := time.Until(y.next); next <= 0 || next > stale {
		t.Errorf("it measures again in %v; want that in %v at most", next, stale)
	}
	seen, at := 0, uint32(0)
	for {
		at, seen = y.table[at], seen+1
		if at == 0 || seen > len(y.table) {
			break
		}
	}
	if seen != len(y.table) {
		t.Errorf("the table's cycle has %d places; want all %d", seen, len(y.table))
	}
}
