// SPDX-License-Identifier: GPL-2.0-only

package vm_test

import (
	"errors"
	"testing"

	"kmodlab/harness/internal/vm"
)

// TestAgentKilled checks that a VM whose agent is gone is told from one that
// takes its time.
func TestAgentKilled(t *testing.T) {
	l := newLab(t, "")
	v := l.clone(t)
	ctx := t.Context()
	ans, err := v.Run(ctx, nil, "gosh", "-c", "kill -9 $PPID") // the agent is the parent of what it runs
	if lost, ok := errors.AsType[*vm.Lost](err); !ok || lost.Kind != vm.LostAgent {
		t.Errorf("Run of what kills the agent = %q, %v; want the agent to be lost", ans.Output, err)
	}
	if _, err := v.List(ctx); err == nil {
		t.Error("List() without an agent succeeded; want an error")
	}
	if fate := v.Close(); fate.How != vm.Closed {
		t.Errorf("the VM ended by %s; want it closed, for its kernel lives", fate.How)
	}
}
