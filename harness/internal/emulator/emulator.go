// SPDX-License-Identifier: GPL-2.0-only

// Package emulator decides which QEMU VMs run in: the one of the archive, which is
// the same on every machine, or this machine's own.
package emulator

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"

	"kmodlab/harness/internal/vm"
	"kmodlab/internal/fault"
	"kmodlab/internal/step"
	"kmodlab/vmimages"
)

// Env names the environment variable that holds a user's choice: Own, Host, or the
// path of a QEMU or of a folder of them.
const Env = "KMODLAB_QEMU"

// The choices that have a name.
const (
	Own  = "own"  // from the archive, through the cache; this machine's where that cannot be had
	Host = "host" // this machine's, in PATH
)

// Archive has emulators.
type Archive interface {
	Emulator(ctx context.Context, arch string) (vmimages.Emulator, error)
}

// Choice is which QEMU VMs run in: Own, Host, or a path.
type Choice string

// Flag is how a user makes that choice for one run.
const Flag = "-qemu"

// Chosen returns what the flag says, or else the environment, or else what the
// project wants, which may not name a program: whoever wrote it is not whose machine
// it is. The error is a [fault.Error] of usage.
func Chosen(flag, project string) (Choice, error) {
	const file = "kmodlab.toml"
	text, from := project, file
	if env := os.Getenv(Env); env != "" {
		text, from = env, Env
	}
	if flag != "" {
		text, from = flag, Flag
	}
	switch {
	case text == "":
		return Own, nil
	case text == Own, text == Host:
		return Choice(text), nil
	case from == file:
		return "", &fault.Error{Owner: fault.Usage, What: "a project cannot choose the QEMU " + text, Where: from,
			Hint: "it may say own or host; what programs run on a machine its user says, by " + Flag + " or the variable " + Env}
	case !strings.Contains(text, "/"):
		return "", &fault.Error{Owner: fault.Usage, What: "there is no QEMU called " + text, Where: from, Hint: "own, host, or a path with a slash in it"}
	}
	path, err := filepath.Abs(text)
	return Choice(path), err
}

// Find returns the QEMU for VMs of arch. Where the archive's cannot be had, a note
// says so and this machine's is taken, unless locked. Errors are a [fault.Error],
// or the context's cause when it was cancelled.
func (c Choice) Find(ctx context.Context, archive Archive, arch string, locked bool) (vm.QEMU, error) {
	switch c {
	case Own, "":
	case Host:
		return vm.HostQEMU(ctx, arch, "")
	default:
		return vm.HostQEMU(ctx, arch, string(c))
	}
	e, err := archive.Emulator(ctx, arch)
	if err == nil {
		return vm.OwnQEMU(ctx, e.Command, e.ID)
	}
	if ctx.Err() != nil || locked || fault.Of(err) != fault.Archive && fault.Of(err) != fault.Host {
		return vm.QEMU{}, err
	}
	q, hostErr := vm.HostQEMU(ctx, arch, "")
	if ctx.Err() != nil {
		return vm.QEMU{}, context.Cause(ctx)
	}
	if hostErr != nil {
		return vm.QEMU{}, &fault.Error{Owner: fault.Of(err), What: "there is no QEMU, neither the archive's nor this machine's", Err: errors.Join(err, hostErr),
			Hint: "mend the first, or install QEMU"}
	}
	step.Note(ctx, "VMs run in this machine's %s, since the archive's cannot be had: %s", q.Version, strings.ReplaceAll(err.Error(), "\n", "; "))
	return q, nil
}
