// SPDX-License-Identifier: GPL-2.0-only

package vm

import (
	"encoding/json"
	"os"
	"strings"
	"syscall"

	"kmodlab/harness/internal/kmsg"
)

// How is how a VM ended.
type How string

// The ends of a VM.
const (
	Closed    How = "closed"      // by Close, with the kernel alive
	Panicked  How = "panic"       // the kernel panicked and reset the machine
	Reset     How = "reset"       // the machine was reset without a panic: a triple fault, or somebody rebooted it
	PowerOff  How = "power-off"   // the guest switched itself off
	Killed    How = "killed"      // by us: the context ended, or it did not quit when told to
	Signalled How = "signalled"   // QEMU was killed, not by us
	Crashed   How = "QEMU failed" // QEMU ended by itself with an error
)

// Fate is all that is known of a VM after its end.
type Fate struct {
	How     How
	Status  string        // QEMU's exit status in words: "exit status 0", "signal: killed"
	Output  string        // what QEMU printed
	Console string        // the serial console, from the boot on
	Records []kmsg.Record // the kernel log, from the boot on
	Lost    uint64        // records of it that were lost
	Events  []Event       // what QEMU reported
}

// LastWords returns what the agent said on the console when it gave up, which
// it does by switching the machine off; "" when it said nothing.
func (f Fate) LastWords() string {
	const mark = "kmodlab agent gave up: " // see guest/agent
	at := strings.LastIndex(f.Console, mark)
	if at < 0 {
		return ""
	}
	words, _, _ := strings.Cut(f.Console[at+len(mark):], "\n")
	return strings.TrimSpace(words)
}

// deeds is what we did to a VM: asked QEMU to quit, killed QEMU, made a kernel
// panic that hung.
type deeds struct{ asked, killed, poked bool }

// judgeEnd tells how a VM ended from what is known of it.
func judgeEnd(events []Event, console string, state *os.ProcessState, we deeds) How {
	switch reason := shutdownReason(events); {
	case we.poked && strings.HasPrefix(reason, "guest-"):
		return Killed
	case reason == "guest-panic", reason == "guest-reset" && panicked(console):
		return Panicked
	case reason == "guest-reset":
		return Reset
	case reason == "guest-shutdown":
		return PowerOff
	case reason == "host-signal": // SIGTERM, SIGINT or SIGHUP, upon which QEMU ends in good order
		return Signalled
	}
	if status, ok := state.Sys().(syscall.WaitStatus); ok && status.Signaled() {
		switch {
		case we.killed:
			return Killed
		case status.Signal() == syscall.SIGABRT, status.Signal() == syscall.SIGSEGV, status.Signal() == syscall.SIGBUS, status.Signal() == syscall.SIGSYS:
			return Crashed
		}
		return Signalled
	}
	switch {
	case !state.Success():
		return Crashed
	case we.asked:
		return Closed
	}
	return Signalled // nobody else makes it end in good order
}

// shutdownReason returns the reason of the first SHUTDOWN event, "" when there
// was none.
func shutdownReason(events []Event) string {
	for _, e := range events {
		if e.Name != "SHUTDOWN" {
			continue
		}
		var data struct{ Reason string }
		if err := json.Unmarshal(e.Data, &data); err == nil {
			return data.Reason
		}
	}
	return ""
}

// panicMark begins what a panic says (kernel/panic.c).
const panicMark = "Kernel panic - not syncing"

// panicked tells whether the console shows a panic.
func panicked(console string) bool { return strings.Contains(console, panicMark) }

// panicLine returns what the first panic on the console says, "" when there is
// none.
func panicLine(console string) string {
	_, after, found := strings.Cut(console, panicMark)
	if !found {
		return ""
	}
	line, _, _ := strings.Cut(after, "\n")
	return panicMark + line
}
