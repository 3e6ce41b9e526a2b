// SPDX-License-Identifier: GPL-2.0-only

package vm

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// A limit is counted in the VM's own time: a machine that is busy, slow or
// stopped must not make a guest look as if it did not answer.

// ceiling is how long a VM is waited for by the clock on the wall, whatever it
// got of the machine: the last resort, so that no run waits for ever.
func ceiling(limit time.Duration) time.Duration {
	return min(2*time.Minute+60*limit, 30*time.Minute)
}

// starved is why a wait was given up that proves nothing: the VM did not get
// enough of the machine.
type starved struct {
	Own, Limit time.Duration // how much of its own time it lived, of how much
	Wall       time.Duration
}

// Error returns the figures.
func (e *starved) Error() string {
	return fmt.Sprintf("the VM ran %.1f s of its %.0f s in %.0f s", e.Own.Seconds(), e.Limit.Seconds(), e.Wall.Seconds())
}

// errLate is the cause of a context whose VM has had its time.
var errLate = fmt.Errorf("the VM had its time: %w", context.DeadlineExceeded)

// allow returns a context that ends when the VM has lived limit of its own
// time, which is a timeout, or when the ceiling is reached, by a [starved].
func (v *VM) allow(ctx context.Context, limit time.Duration) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancelCause(ctx)
	go func() { cancel(v.overtime(ctx, limit)) }()
	return ctx, func() { cancel(nil) }
}

// overtime returns when a context that allows limit has to end, and why; nil
// when it is over before.
func (v *VM) overtime(ctx context.Context, limit time.Duration) error {
	every := min(limit/4, 250*time.Millisecond)
	began, m := time.Now(), v.meter(every)
	tick := time.NewTicker(every)
	defer tick.Stop()
	for {
		select {
		case <-tick.C:
		case <-ctx.Done():
			return nil
		}
		m.beat(ctx)
		switch wall := time.Since(began); {
		case m.own >= limit:
			return errLate
		case wall > ceiling(limit):
			return &starved{Own: m.own, Limit: limit, Wall: wall}
		}
	}
}

// lostTo is the error of an order whose context is over.
func lostTo(ctx context.Context, during string) *Lost {
	cause := context.Cause(ctx)
	kind := LostCancelled
	if _, ok := errors.AsType[*starved](cause); ok {
		kind = LostStarved
	} else if errors.Is(cause, context.DeadlineExceeded) {
		kind = LostTimeout
	}
	return &Lost{Kind: kind, During: during, Err: cause}
}
