// SPDX-License-Identifier: GPL-2.0-only

package harness

import (
	"context"
	"io"

	"kmodlab/harness/internal/bench"
	"kmodlab/harness/internal/matrix"
	"kmodlab/internal/fault"
	"kmodlab/internal/kernel"
)

// Load is how often VMs are started; nil stands for the usual number.
type Load struct {
	Clones, Parallel, Boots *int
}

// or returns the load, with what was left out taken from usual.
func (l Load) or(usual bench.Load) bench.Load {
	for from, to := range map[*int]*int{l.Clones: &usual.Clones, l.Parallel: &usual.Parallel, l.Boots: &usual.Boots} {
		if from != nil {
			*to = *from
		}
	}
	return usual
}

// Soak starts VMs of each kernel that the flags name as often as the load says,
// and fails when one of them did not come up. With a disturbance, it also runs
// every lesson and every fault, first in quiet; see [Disturbance].
func (h Home) Soak(ctx context.Context, w io.Writer, f Flags, load Load, d Disturbance) error {
	f = f.orKernel(defaultKernel)
	ctx, l, err := h.open(ctx, w, f)
	if err != nil {
		return status(err)
	}
	if d.On {
		return l.chaos(ctx, f, load.or(bench.Load{}), d)
	}
	kernels, err := l.kernels(ctx, f)
	if err != nil {
		return status(err)
	}
	runner, err := l.runner(ctx, kernels, brief{l.view}, false)
	if err != nil {
		return status(err)
	}
	failures, err := l.soak(ctx, runner, kernels, load.or(bench.Load{Clones: 50, Parallel: 50, Boots: 5}))
	if err != nil {
		return ended(ctx, err)
	}
	if failures > 0 {
		return failed(fault.ExitHarness, "%d VMs did not come up", failures)
	}
	return nil
}

// soak starts VMs of the kernels and returns how many did not come up.
func (l *lab) soak(ctx context.Context, runner *matrix.Runner, kernels []kernel.Source, load bench.Load) (int, error) {
	failures := 0
	for _, k := range kernels {
		col, err := runner.Prepare(ctx, k)
		if err != nil {
			return failures, err
		}
		s, err := bench.Soak(ctx, l.cache, col.Machine(), load)
		if err != nil {
			return failures, err
		}
		l.view.Printf("%s: %d VMs started, %d did not come up, %d template boots needed a second attempt\n", k.Name, s.Started, len(s.Failed), s.Retried)
		for _, err := range s.Failed {
			l.view.Printf("%v\n", err)
		}
		failures += len(s.Failed)
	}
	return failures, nil
}
