// SPDX-License-Identifier: GPL-2.0-only

package matrix

import (
	"context"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

// Cases that sleep let others work, of which no more work at once than may.
func TestPlaces(t *testing.T) {
	for name, tt := range map[string]struct {
		most, working, cases int
		want                 time.Duration // of cases that work for a second, sleep for four and work for another one
	}{
		"a case alone":           {8, 2, 1, 6 * time.Second},
		"all sleep at once":      {8, 1, 4, 9 * time.Second},
		"two work at once":       {8, 2, 4, 7 * time.Second},
		"one VM at a time":       {1, 3, 2, 12 * time.Second},
		"no more VMs than go in": {2, 2, 4, 12 * time.Second},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				p := newPlaces(tt.most, tt.working)
				var there, working atomic.Int64
				work := func() {
					if n := working.Add(1); n > int64(tt.working) {
						t.Errorf("%d work at once", n)
					}
					time.Sleep(time.Second)
					working.Add(-1)
				}
				began := time.Now()
				var cases sync.WaitGroup
				for range tt.cases {
					cases.Go(func() {
						held, err := p.take(t.Context())
						if err != nil {
							t.Error(err)
							return
						}
						defer held.leave()
						if n := there.Add(1); n > int64(tt.most) {
							t.Errorf("%d VMs are there at once", n)
						}
						work()
						if err := held.idle(t.Context(), func() { time.Sleep(4 * time.Second) }); err != nil {
							t.Error(err)
						}
						work()
						there.Add(-1)
					})
				}
				cases.Wait()
				if took := time.Since(began); took != tt.want {
					t.Errorf("they took %v; want %v", took, tt.want)
				}
			})
		})
	}
}

// One that wants to be alone waits for those that sleep, and those that want it, too,
// do not wait for each other.
func TestAlone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPlaces(4, 2)
		var others atomic.Int64
		var cases sync.WaitGroup
		for n := range 4 {
			cases.Go(func() {
				held, err := p.take(t.Context())
				if err != nil {
					t.Error(err)
					return
				}
				defer held.leave()
				others.Add(1)
				held.idle(t.Context(), func() { time.Sleep(time.Duration(n) * time.Second) })
				others.Add(-1)
				if !held.alone(t.Context()) || others.Add(1) > 1 {
					t.Error("it is not alone")
				}
				time.Sleep(time.Second)
				others.Add(-1)
			})
		}
		cases.Wait()
	})
}

// Who is interrupted while it waits holds nothing, and gives nothing back twice.
func TestPlacesInterrupted(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPlaces(2, 1)
		first, err := p.take(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if _, err := p.take(ctx); err == nil {
			t.Error("a second one works beside the first")
		}
		if err := first.idle(ctx, func() {}); err == nil {
			t.Error("it works though it was interrupted")
		}
		first.leave()
		second, err := p.take(t.Context())
		if err != nil || !second.alone(t.Context()) {
			t.Errorf("take() = %v; want a place, and to be alone", err)
		}
	})
}
