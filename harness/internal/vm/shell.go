// SPDX-License-Identifier: GPL-2.0-only

package vm

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"kmodlab/internal/fault"
	"kmodlab/internal/wire"
)

// agentPath is the agent's program in the guest, which has further roles.
const agentPath = "/bin/uinit"

// leaveKey is the key that ends a shell whose kernel does not answer any more:
// Ctrl-], as in telnet.
const leaveKey = 0x1d

// prompt is what the shell asks for a command with.
const prompt = "$ "

// Size is how large a terminal is.
type Size struct{ Rows, Columns int }

func (s Size) args() []string { return []string{strconv.Itoa(s.Rows), strconv.Itoa(s.Columns)} }

// openShell starts a shell and returns the number of its order when it waits
// for keys. To start one costs an emulated CPU most of a second.
func (v *VM) openShell(ctx context.Context) (uint64, error) {
	shown := len(v.Console())
	order := v.shellOrder(Size{24, 80})
	c, err := v.link.send(ctx, order)
	if c == nil {
		return 0, err
	}
	look := time.NewTicker(10 * time.Millisecond)
	defer look.Stop()
	for !strings.Contains(v.Console()[shown:], prompt) {
		select {
		case r := <-c:
			return 0, fmt.Errorf("the shell has ended at once: %s", r.answer.Blob)
		case <-v.over:
			return 0, v.exited("shell")
		case <-ctx.Done():
			return 0, lostTo(ctx, "shell")
		case <-look.C:
		}
	}
	_, err = v.settle(ctx) // what it logged belongs to the template, too
	return order.ID, err
}

func (v *VM) shellOrder(s Size) *wire.Order {
	return &wire.Order{Verb: wire.DoRun, Argv: append([]string{agentPath, "shell"}, s.args()...)}
}

// Shell runs a shell of the guest on its console for the person behind in and
// out, whose terminal must pass on keys as they are typed. sizes has to give
// the size of the terminal at once, and each new one later.
//
// It returns nil when the shell has ended, when the person has left with the
// key [leaveKey], and when in has ended: the terminal is gone then. Otherwise the
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
	c, err := v.startShell(ctx, first, out)
	if c == nil {
		return err
	}
	defer v.console.show(nil)
	go v.resize(ctx, sizes)
	go func() { leave(v.typeIn(in)) }() // lives until in gives something or ends; nobody waits for it
	ans, err := v.await(ctx, c, "shell", 0)
	switch {
	case errors.Is(context.Cause(ctx), errLeft):
		return nil
	case err == nil && (ans.Errno != 0 || ans.Exit != 0):
		return &fault.Error{Owner: fault.Harness, What: "the shell could not be run", Where: v.machine.Kernel.Release,
			Err: fmt.Errorf("status %d, %w: %s", ans.Exit, ans.Errno, bytes.TrimSpace(ans.Output))}
	}
	return err
}

// errLeft ends a shell that the person has left.
var errLeft = errors.New("the person has left")

// startShell shows the console on out, and returns where the end of the shell on
// it will arrive.
func (v *VM) startShell(ctx context.Context, now Size, out io.Writer) (<-chan reception, error) {
	if v.shell == nil {
		v.console.show(out)
		return v.link.send(ctx, v.shellOrder(now))
	}
	io.WriteString(out, prompt) // it was shown when nobody looked
	v.console.show(out)
	go v.setSize(ctx, now)
	return v.shell, nil
}

// resize tells the guest each new size.
func (v *VM) resize(ctx context.Context, sizes <-chan Size) {
	for {
		select {
		case s := <-sizes:
			v.setSize(ctx, s)
		case <-ctx.Done():
			return
		}
	}
}

// setSize tells the guest the size of the window. One that the guest does not
// know of is no reason to end.
func (v *VM) setSize(ctx context.Context, s Size) {
	v.Run(ctx, nil, append([]string{agentPath, "size"}, s.args()...)...)
}

// typeIn passes keys on to the console until the person has left.
func (v *VM) typeIn(in io.Reader) error {
	for buf := make([]byte, 4096); ; {
		n, err := in.Read(buf)
		keys, _, left := bytes.Cut(buf[:n], []byte{leaveKey})
		if _, err := v.proc.console.Write(keys); err != nil {
			return fmt.Errorf("the console: %w", err)
		}
		if left || err != nil {
			return errLeft
		}
	}
}
