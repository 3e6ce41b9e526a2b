// SPDX-License-Identifier: GPL-2.0-only

package vm

import (
	"context"
	"time"

	"kmodlab/harness/wire"
)

// Explain asks a VM that did not answer where it hangs. An agent that still
// answers tells the kernel stack of the task that does its work, which is
// returned. A kernel that runs nothing any more gets an interrupt that cannot
// be masked, and panics where it is: its stack is on the console then, in the
// [Fate]. Such a VM counts as killed, not as panicked.
func (v *VM) Explain(ctx context.Context) string {
	const (
		patience = 2 * time.Second  // with the agent
		dying    = 10 * time.Second // to print a whole log on the console
	)
	asking, cancel := v.allow(ctx, patience)
	defer cancel()
	if ans, err := v.do(asking, &wire.Order{Verb: wire.DoStack}); err == nil {
		return string(ans.Output)
	}
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
	return ""
}
