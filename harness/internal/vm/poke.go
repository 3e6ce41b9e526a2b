// SPDX-License-Identifier: GPL-2.0-only

package vm

import (
	"context"
	"time"
)

// Poke has a kernel that hangs, and whose agent does not get to say where, tell
// that itself: it gets an interrupt that cannot be masked, and panics where it
// is. Its stack is on the console then, in the [Fate]. Such a VM counts as
// killed, not as panicked.
func (v *VM) Poke(ctx context.Context) {
	const dying = 10 * time.Second // to print a whole log on the console
	v.mu.Lock()
	v.poked = true
	v.mu.Unlock()
	v.qmp.send("inject-nmi", nil)
	printing, cancel := v.allow(ctx, dying)
	defer cancel()
	select {
	case <-v.over:
	case <-printing.Done():
	}
}
