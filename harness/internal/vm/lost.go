// SPDX-License-Identifier: GPL-2.0-only

package vm

import (
	"errors"
	"fmt"
	"strings"

	"kmodlab/internal/fault"
)

// LostKind is why a VM does not answer.
type LostKind string

// The ways to lose a VM.
const (
	LostExited    LostKind = "exited"    // QEMU has ended: panic, reset, power-off, crash; the Fate tells
	LostTimeout   LostKind = "timeout"   // no answer in the VM's own time; the VM still runs
	LostHung      LostKind = "hung"      // proved: there will be no answer
	LostStarved   LostKind = "starved"   // no answer, and nothing proved: the VM got too little of the machine
	LostCancelled LostKind = "cancelled" // the caller gave up
	LostAgent     LostKind = "agent"     // the kernel runs, its agent does not
	LostGarbled   LostKind = "garbled"   // what came from the agent was no message
	LostStopped   LostKind = "stopped"   // QEMU stopped the guest, because of an error of its own
)

// Lost is the error of a wait that a VM did not end by answering.
type Lost struct {
	Kind   LostKind
	During string // what was asked of it: "insert"
	Err    error  // the cause, where there is more to say; may be nil
	Stack  string // where the task is in the kernel that hangs, when the agent could tell
}

// Error returns the message.
func (e *Lost) Error() string {
	text := map[LostKind]string{
		LostExited:    "the VM ended during %s",
		LostTimeout:   "the VM did not answer in time to %s",
		LostHung:      "the VM will not answer to %s",
		LostStarved:   "the VM did not answer to %s and got too little of this machine to be blamed",
		LostCancelled: "cancelled during %s",
		LostAgent:     "the agent in the VM ended during %s",
		LostGarbled:   "the agent garbled its answer to %s",
		LostStopped:   "QEMU stopped the VM during %s",
	}[e.Kind]
	text = fmt.Sprintf(text, e.During)
	if e.Err != nil {
		text += ": " + e.Err.Error()
	}
	return text
}

// Unwrap returns the cause.
func (e *Lost) Unwrap() error { return e.Err }

// consoleTail is how many lines of the console an error shows.
const consoleTail = 15

// bootFault says in one error why m did not come up.
func (m Machine) bootFault(err error, f Fate) error {
	e := &fault.Error{Owner: fault.Boot, What: "the kernel did not reach its agent", Where: m.Kernel.Release + ", " + string(m.Accel), Err: err}
	console := tail(f.Console, consoleTail)
	lost, isLost := errors.AsType[*Lost](err)
	switch {
	case isLost && lost.Kind == LostStarved:
		e.Owner, e.Hint = fault.Host, "run again when this machine is less busy, or see whether somebody has stopped its processes"
	case f.How == Crashed:
		e.Owner, e.What = fault.Host, "QEMU failed"
		e.Err = fmt.Errorf("%w\n%s", err, strings.TrimSpace(f.Status+"\n"+f.Output))
		e.Hint = "read QEMU's message above; if it makes no sense, try another QEMU: -qemu=own, host, or a path"
	case console == "":
		e.Hint = "the kernel printed nothing at all: is its image an uncompressed x86-64 ELF file with CONFIG_PVH and CONFIG_SERIAL_8250_CONSOLE?"
	default:
		// A long trace can push it out of the last lines.
		if said := panicLine(f.Console); said != "" {
			e.Err = fmt.Errorf("%w: %s", err, said)
		}
		e.Hint = fmt.Sprintf("the console's last lines (%s):\n%s", f.How, console)
	}
	return e
}

// tail returns the last n lines of text.
func tail(text string, n int) string {
	lines := strings.Split(strings.TrimSpace(text), "\n")
	return strings.Join(lines[max(0, len(lines)-n):], "\n")
}
