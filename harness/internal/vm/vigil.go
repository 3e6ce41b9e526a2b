// SPDX-License-Identifier: GPL-2.0-only

package vm

import (
	"context"
	"fmt"
	"time"
)

// leastLooks is how many looks a proof takes, at least.
const leastLooks = 30

// vigil watches over an order that is not answered, until it can be proved that
// it never will be, or the ceiling is reached. It returns nil when ctx ends
// before.
//
// That time has passed proves nothing: the machine may be busy. It is a proof
// that the VM has lived limit of its own time, and that all the while it was
// seen to go round in the same places: the task that does the order, by the
// agent's word, or the processors, when the agent is silent for half the limit. A
// look leaves traces in the guest, such as inodes of /proc, so the first half of
// the limit goes by without any.
func (v *VM) vigil(ctx context.Context, during string, order uint64, limit time.Duration) *Lost {
	// A look adds two intervals to the VM's own time at most, and they begin at
	// half of the limit.
	every := limit / (4 * leastLooks)
	began, m, w := time.Now(), v.meter(every), &witness{vm: v, order: order}
	seen := testimony{spoke: limit / 2}
	tick := time.NewTicker(every)
	defer tick.Stop()
	for {
		select {
		case <-tick.C:
		case <-v.over:
			return nil
		case <-ctx.Done():
			return nil
		}
		if m.own < limit/2 {
			m.beat(ctx)
		} else if l, ok := w.look(ctx, every); ok && m.beat(ctx) {
			seen.add(l, m.own)
		}
		wall := time.Since(began)
		if m.own >= limit {
			if looks := seen.proof(m.own, limit/2); looks != nil {
				return v.proved(during, looks, m.own, wall)
			}
		}
		if wall > ceiling(limit) {
			return &Lost{Kind: LostStarved, During: during, Err: &starved{Own: m.own, Limit: limit, Wall: wall}}
		}
	}
}

// watch has a vigil kept beside whoever waits. What it finds out comes out of
// the channel.
func (v *VM) watch(ctx context.Context, during string, order uint64) <-chan *Lost {
	c := make(chan *Lost, 1)
	go func() {
		if lost := v.vigil(ctx, during, order, v.Limit); lost != nil {
			c <- lost
		}
	}()
	return c
}

// proved is the error of an order that will not be answered.
func (v *VM) proved(during string, looks []look, own, wall time.Duration) *Lost {
	last := looks[len(looks)-1]
	who := "the task"
	if last.stack == "" {
		who = "the processor, without the agent getting to answer,"
	}
	return &Lost{Kind: LostHung, During: during, Stack: last.stack,
		Err: fmt.Errorf("in %d looks over %.0f s of the VM's own time, %.0f s by the clock, %s was in the same places", len(looks), own.Seconds(), wall.Seconds(), who)}
}
