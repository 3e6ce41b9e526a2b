// SPDX-License-Identifier: GPL-2.0-only

//go:build linux

package main

import (
	"testing"

	"kmodlab/internal/wire"
)

// A command is known while it runs, and not after. A template has run some, and
// the numbers of orders begin anew in each clone of it.
func TestRunForgets(t *testing.T) {
	var a agent
	if ans := a.run(&wire.Order{ID: 2, Argv: []string{"true"}}); ans.Errno != 0 || ans.Exit != 0 {
		t.Fatalf("run(true) = %+v; want success", ans)
	}
	a.commands.Range(func(order, pid any) bool {
		t.Errorf("order %v still has the process %v; want none", order, pid)
		return true
	})
}
