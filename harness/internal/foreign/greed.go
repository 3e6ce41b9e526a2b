// SPDX-License-Identifier: GPL-2.0-only

package foreign

import (
	"context"
	"errors"
	"runtime/metrics"
	"time"
)

// errGreedy ends the reading of a file whose variables double without end.
var errGreedy = errors.New("its variables take too much memory")

// modest returns a context that ends when this program takes most bytes more than
// now. Somebody else's script may make as much as it likes of few words.
func modest(ctx context.Context, most uint64) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancelCause(ctx)
	began := heap()
	go func() {
		tick := time.NewTicker(2 * time.Millisecond)
		defer tick.Stop()
		for {
			select {
			case <-ctx.Done():
				return
			case <-tick.C:
			}
			if heap() > began+most {
				cancel(errGreedy)
			}
		}
	}()
	return ctx, func() { cancel(nil) }
}

// heap returns the bytes of memory that this program has taken.
func heap() uint64 {
	sample := []metrics.Sample{{Name: "/memory/classes/heap/objects:bytes"}}
	metrics.Read(sample)
	return sample[0].Value.Uint64()
}
