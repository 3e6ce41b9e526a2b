// SPDX-License-Identifier: GPL-2.0-only

package vm

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"strconv"

	"kmodlab/harness/fault"
)

// agentPath is the agent's program in the guest, which has further roles.
const agentPath = "/bin/uinit"

// Leave is the key that ends a shell whose kernel does not answer any more:
// Ctrl-], as in telnet.
const Leave = 0x1d

// Size is how large a terminal is.
type Size struct{ Rows, Columns int }

// Shell runs a shell of the guest on its console for the person behind in and
// out, whose terminal must pass on keys as they are typed. sizes has to give
// the size of the terminal at once, and each new one later.
//
// It returns nil when the shell has ended, when the person has left with the
// key [Leave], and when in has ended: the terminal is gone then. Otherwise the
// error is a [*Lost]: the kernel went down, or ctx is over.
func (v *VM) Shell(ctx context.Context, in io.Reader, out io.Writer, sizes <-chan Size) error {
	ctx, leave := context.WithCancelCause(ctx)
	defer leave(nil)
	var first Size
	select {
	case first = <-sizes:
	case <-ctx.Done():
		return lostTo(ctx, "shell")
	}
	v.console.show(out)
	defer v.console.show(nil)
	go v.resize(ctx, sizes)
	go func() { leave(v.typeIn(in)) }() // lives until in gives something or ends; nobody waits for it
	ans, err := v.Run(ctx, nil, agentPath, "shell", strconv.Itoa(first.Rows), strconv.Itoa(first.Columns))
	switch {
	case errors.Is(context.Cause(ctx), errLeft):
		return nil
	case err == nil && (ans.Errno != 0 || ans.Exit != 0):
		return &fault.Error{Party: fault.Harness, What: "the shell could not be run", Where: v.machine.Kernel.Release,
			Err: fmt.Errorf("status %d, %w: %s", ans.Exit, ans.Errno, bytes.TrimSpace(ans.Output))}
	}
	return err
}

// errLeft ends a shell that the person has left.
var errLeft = errors.New("the person has left")

// resize tells the guest each new size.
func (v *VM) resize(ctx context.Context, sizes <-chan Size) {
	for {
		select {
		case s := <-sizes:
			// A window that the guest does not know of is no reason to end.
			v.Run(ctx, nil, agentPath, "size", strconv.Itoa(s.Rows), strconv.Itoa(s.Columns))
		case <-ctx.Done():
			return
		}
	}
}

// typeIn passes keys on to the console until the person has left.
func (v *VM) typeIn(in io.Reader) error {
	for buf := make([]byte, 4096); ; {
		n, err := in.Read(buf)
		keys, _, left := bytes.Cut(buf[:n], []byte{Leave})
		if _, err := v.proc.console.Write(keys); err != nil {
			return fmt.Errorf("the console: %w", err)
		}
		if left || err != nil {
			return errLeft
		}
	}
}
