// SPDX-License-Identifier: GPL-2.0-only

package matrix

import (
	"context"

	"golang.org/x/sync/semaphore"
)

// places are what cases share of this machine: how many VMs there may be, and how
// many of them may work. One that only waits costs memory and hardly any CPU.
type places struct {
	most    int64
	there   *semaphore.Weighted // of most
	working *semaphore.Weighted
}

func newPlaces(most, working int) *places {
	return &places{int64(most), semaphore.NewWeighted(int64(most)), semaphore.NewWeighted(int64(min(most, working)))}
}

// take waits until there may be one more VM, and it may work.
func (p *places) take(ctx context.Context) (*place, error) {
	if err := p.there.Acquire(ctx, 1); err != nil {
		return nil, err
	}
	held := &place{of: p, there: 1}
	if err := held.work(ctx); err != nil {
		held.leave()
		return nil, err
	}
	return held, nil
}

// place is what a case holds of the places.
type place struct {
	of    *places
	there int64
	works bool
}

// work waits until the case may work.
func (h *place) work(ctx context.Context) error {
	err := h.of.working.Acquire(ctx, 1)
	h.works = err == nil
	return err
}

// rest gives back that the case may work.
func (h *place) rest() {
	if h.works {
		h.works = false
		h.of.working.Release(1)
	}
}

// idle lets others work while wait lasts, and then waits until the case may again.
func (h *place) idle(ctx context.Context, wait func()) error {
	h.rest()
	wait()
	return h.work(ctx)
}

// alone waits until no other VM is there, and says whether that is so: ctx may end
// before. What the case held it gives back first, or two that want to be alone would
// wait for each other.
func (h *place) alone(ctx context.Context) bool {
	h.leave()
	if err := h.of.there.Acquire(ctx, h.of.most); err != nil {
		return false
	}
	h.there = h.of.most
	return h.work(ctx) == nil
}

// leave gives back all that the case holds.
func (h *place) leave() {
	h.rest()
	h.of.there.Release(h.there)
	h.there = 0
}
