// SPDX-License-Identifier: GPL-2.0-only

package bench

import (
	"context"
	"sync"
	"sync/atomic"

	"golang.org/x/sync/errgroup"

	"kmodlab/harness/internal/vm"
	"kmodlab/internal/cache"
	"kmodlab/internal/step"
)

// Load is how often VMs are started to see whether they always come up.
type Load struct {
	Clones   int // after each other
	Parallel int // at a time, as many again
	Boots    int // template boots after each other, in a cache of their own
}

// Soaked is what came of a load.
type Soaked struct {
	Started int     // VMs
	Failed  []error // why some did not answer
	Retried int     // template boots that needed a second attempt
}

// atOnce is how many clones run at a time when they run in parallel.
const atOnce = 4

// Soak starts VMs of m as often as the load says, and returns how many of them
// did not come up. Each has answered an order before it counts as started.
func Soak(ctx context.Context, c *cache.Cache, m vm.Machine, load Load) (*Soaked, error) {
	out := &Soaked{}
	template, err := vm.Freeze(ctx, c, m)
	if err != nil {
		return nil, err
	}
	clone := func() error {
		v, err := template.Clone(ctx)
		if err != nil {
			return err
		}
		defer v.Close()
		_, err = v.List(ctx)
		return err
	}
	out.times(ctx, "clone after clone", load.Clones, 1, clone)
	out.times(ctx, "four clones at a time", load.Parallel, atOnce, clone)
	heard := step.With(ctx, func(e step.Event) { // a second attempt is a note
		if e.Kind == step.Noted {
			out.Retried++
		}
	})
	out.times(ctx, "template boot after boot", load.Boots, 1, func() error { return freezeOnce(heard, c, m) })
	return out, ctx.Err()
}

// freezeOnce makes the template of m in a cache of its own.
func freezeOnce(ctx context.Context, c *cache.Cache, m vm.Machine) error {
	dir, remove, err := c.Temp(ctx, "soak")
	if err != nil {
		return err
	}
	defer remove()
	own, err := cache.At(dir)
	if err != nil {
		return err
	}
	_, err = vm.Freeze(ctx, own, m)
	return err
}

// times does something n times, with so many at once.
func (s *Soaked) times(ctx context.Context, what string, n, parallel int, do func() error) {
	if n == 0 {
		return
	}
	progress := step.Start(ctx, "%s, %d times", what, n)
	var mu sync.Mutex
	var done atomic.Int64
	var group errgroup.Group
	group.SetLimit(parallel)
	for range n {
		group.Go(func() error {
			if ctx.Err() != nil {
				return nil
			}
			err := do()
			mu.Lock()
			defer mu.Unlock()
			s.Started++
			if err != nil {
				s.Failed = append(s.Failed, err)
			}
			progress.Progress(done.Add(1), int64(n))
			return nil
		})
	}
	group.Wait()
	progress.End(ctx.Err())
}
