// SPDX-License-Identifier: GPL-2.0-only

package target

import (
	"context"
	"io"

	"kmodlab/harness/bench"
	"kmodlab/harness/fault"
)

// Soak starts VMs of each kernel that the flags name as often as the load says,
// and fails when one of them did not come up.
func Soak(ctx context.Context, w io.Writer, f Flags, load bench.Load) error {
	ctx, l, err := open(ctx, w, f.Locked)
	if err != nil {
		return status(err)
	}
	kernels, err := l.kernels(ctx, f)
	if err != nil {
		return status(err)
	}
	runner, err := l.runner(ctx, kernels, brief{l.view}, false)
	if err != nil {
		return status(err)
	}
	failures := 0
	for _, k := range kernels {
		col, err := runner.Prepare(ctx, k)
		if err != nil {
			return status(err)
		}
		s, err := bench.Soak(ctx, l.cache, col.Machine(), load)
		if err != nil {
			return status(err)
		}
		l.view.Printf("%s: %d VMs started, %d did not come up, %d template boots needed a second attempt\n", k.Name, s.Started, len(s.Failed), s.Retried)
		for _, err := range s.Failed {
			l.view.Printf("%v\n", err)
		}
		failures += len(s.Failed)
	}
	if failures > 0 {
		return failed(fault.ExitHarness, "%d VMs did not come up", failures)
	}
	return nil
}
