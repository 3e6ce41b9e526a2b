// SPDX-License-Identifier: GPL-2.0-only

// Package fault names whose fault an error is and how to get out of it.
//
// A harness that drives a compiler, an archive, an emulator and a kernel can
// fail in many houses. Every error that reaches a user is one sentence that
// says what happened, where, whose fault it is and what to do next.
package fault

import (
	"errors"
	"strings"
)

// Owner is who is to blame for an error.
type Owner string

// The owners, from the user inwards.
const (
	Usage   Owner = "usage"          // a flag, an argument or a name that does not exist
	Host    Owner = "host"           // the machine: a missing package, a full disk, no rights
	Archive Owner = "kernel archive" // the Debian archive, or the way to it
	Kernel  Owner = "kernel"         // a kernel of the user's own: its configuration, headers or image
	Build   Owner = "build"          // the compiler, Kbuild or a module's source
	Boot    Owner = "boot"           // a kernel that does not reach its agent
	Module  Owner = "module"         // the module under test
	Harness Owner = "harness"        // this project
)

// Error is an error with an owner.
type Error struct {
	Owner Owner  // whose fault it is
	What  string // what could not be done, as a clause: "cannot read the lock file"
	Where string // file, command, kernel or VM concerned; may be empty
	Hint  string // what the user can do next; may be empty
	Err   error  // the cause; may be nil
}

// Error returns the message in one paragraph: owner, what, where, cause and
// the hint.
func (e *Error) Error() string {
	var b strings.Builder
	b.WriteString(string(e.Owner) + ": " + e.What)
	if e.Where != "" {
		b.WriteString(" (" + e.Where + ")")
	}
	if e.Err != nil {
		b.WriteString(": " + e.Err.Error())
	}
	if e.Hint != "" {
		b.WriteString("\n  hint: " + strings.ReplaceAll(e.Hint, "\n", "\n  "))
	}
	return b.String()
}

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Err }

// Of returns the owner of err: the owner of the outermost [Error] in its
// chain, [Harness] for an error that names none, and "" for nil.
func Of(err error) Owner {
	if err == nil {
		return ""
	}
	if e, ok := errors.AsType[*Error](err); ok {
		return e.Owner
	}
	return Harness
}

// The exit statuses of every target.
const (
	ExitOK      = 0 // all well
	ExitFailed  = 1 // a case failed
	ExitUsage   = 2 // wrong usage
	ExitHarness = 3 // the harness or its inputs failed
)

// Exit returns the exit status that err deserves: [ExitUsage] for wrong usage,
// [ExitHarness] for any other error, [ExitOK] for nil.
func Exit(err error) int {
	switch Of(err) {
	case "":
		return ExitOK
	case Usage:
		return ExitUsage
	}
	return ExitHarness
}
