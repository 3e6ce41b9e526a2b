// SPDX-License-Identifier: GPL-2.0-only

package lesson

import (
	"context"
	"syscall"
)

// Guest is a VM as a script sees it. Every method returns an error only when
// the bench itself is lost or unable (the VM died, the module was not built);
// a kernel that refuses is a [Step] with an errno.
type Guest interface {
	// Insert inserts the module called name with params, "name=value" each.
	Insert(ctx context.Context, name string, params []string) (Step, error)
	// Remove removes the module called name.
	Remove(ctx context.Context, name string) (Step, error)
	// Run runs a command of the guest and waits for its end.
	Run(ctx context.Context, argv []string) (Step, error)
	// Read reads a file of the guest, as the step's output.
	Read(ctx context.Context, path string) (Step, error)
	// Write writes data to a file of the guest, in one piece.
	Write(ctx context.Context, path string, data []byte) (Step, error)
	// End runs a command of the guest that ends the guest, and waits for that
	// end. The step's log goes to the last line that the kernel printed.
	End(ctx context.Context, argv []string) (Step, End, error)
	// Loaded tells whether the module called name is loaded.
	Loaded(ctx context.Context, name string) (bool, error)
	// Look returns the names of what is there, which modules may leave behind.
	Look(ctx context.Context) (Step, []string, error)
	// Settle returns what the kernel printed since the last step.
	Settle(ctx context.Context) (Step, error)
	// Has settles a condition such as "export:task_work_add".
	Has(condition string) (bool, error)
}

// End is how a guest ended.
type End string

// The ends that a script may ask for. A guest that ends in another way, such as
// a panic, is in trouble whatever the script says.
const (
	Reset    End = "reset"     // the machine was restarted
	PowerOff End = "power-off" // the machine was switched off
)

// Step is what a step of a script did.
type Step struct {
	Errno  syscall.Errno // 0 when the kernel agreed
	Output string        // what a guest command printed, or a file holds
	Log    []string      // the kernel's log lines since the step before, noise removed
}
