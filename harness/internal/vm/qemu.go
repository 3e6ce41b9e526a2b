// SPDX-License-Identifier: GPL-2.0-only

package vm

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"

	"kmodlab/internal/fault"
)

// QEMU is an emulator that runs on this machine.
type QEMU struct {
	Command []string // what its command line begins with: the program, or a loader that is told which
	Version string   // first line of its --version
	ID      string   // changes with the program and what it loads: a template is of use to its own QEMU only
}

// programs are the emulators of the architectures, and the packages that bring
// them.
var programs = map[string]struct{ name, pkg string }{
	"amd64": {"qemu-system-x86_64", "qemu-system-x86"},
	"arm64": {"qemu-system-aarch64", "qemu-system-arm"},
}

// HostQEMU returns this machine's emulator of arch: the one in PATH, or the program
// or folder of programs at path, unless that is "". The error is a [fault.Error] of
// the host, or the context's cause when it was cancelled.
func HostQEMU(ctx context.Context, arch, path string) (QEMU, error) {
	p, ok := programs[arch]
	if !ok {
		return QEMU{}, &fault.Error{Owner: fault.Usage, What: fmt.Sprintf("there are no VMs of the architecture %q", arch)}
	}
	name, hint := p.name, "install it: apt install "+p.pkg
	if path != "" {
		name, hint = path, "see whether that is the path of a QEMU, or of a folder that has one for "+arch
		if info, err := os.Stat(path); err == nil && info.IsDir() {
			name = filepath.Join(path, p.name)
		}
	}
	program, err := exec.LookPath(name)
	if err != nil {
		return QEMU{}, &fault.Error{Owner: fault.Host, What: "there is no " + p.name, Where: path, Err: err, Hint: hint}
	}
	q := QEMU{Command: []string{program}}
	var loads []string
	var asked sync.WaitGroup
	asked.Go(func() { loads = loaded(ctx, program) })
	err = q.ask(ctx, fault.Host)
	asked.Wait()
	if err != nil {
		return QEMU{}, err
	}
	q.ID = identity(q.Version, program, loads)
	return q, nil
}

// OwnQEMU returns the emulator of the archive that command begins the command line
// of; id names its contents. The error is a [fault.Error] of the archive, or the
// context's cause when it was cancelled.
func OwnQEMU(ctx context.Context, command []string, id string) (QEMU, error) {
	q := QEMU{Command: command, ID: id}
	if err := q.ask(ctx, fault.Archive); err != nil {
		return QEMU{}, err
	}
	return q, nil
}

// argv is the command line by which QEMU does what args say.
func (q QEMU) argv(args ...string) []string { return append(slices.Clone(q.Command), args...) }

// ask has QEMU tell its version, and makes sure that it can do what VMs need. What
// is wrong with it is owner's doing.
func (q *QEMU) ask(ctx context.Context, owner fault.Owner) error {
	var unfit error
	var asked sync.WaitGroup
	asked.Go(func() { unfit = q.fit(ctx, owner) })
	out, err := quiet(ctx, q.argv("--version")).Output()
	asked.Wait()
	switch {
	case ctx.Err() != nil:
		return context.Cause(ctx)
	case err != nil:
		return &fault.Error{Owner: owner, What: "QEMU does not run", Where: q.Command[0], Err: err, Hint: "try it by hand: " + strings.Join(q.argv("--version"), " ")}
	}
	q.Version, _, _ = strings.Cut(string(out), "\n")
	return unfit
}

// fit makes sure that QEMU has what some builds of it lack: its sandbox, and the
// device that VMs talk through. About a device that it does not know, QEMU
// complains, and succeeds.
func (q QEMU) fit(ctx context.Context, owner fault.Owner) error {
	said, err := quiet(ctx, q.argv(append(sandbox().qemu, "-device", portDevice+",help")...)).CombinedOutput()
	if err == nil && strings.Contains(string(said), portDevice+" options:") {
		return nil
	}
	lacks := "virtio-serial, which VMs talk through"
	if strings.Contains(string(said), "sandbox") {
		lacks = "the sandbox, which VMs are kept in"
	}
	return &fault.Error{Owner: owner, What: "this QEMU lacks " + lacks, Where: strings.Join(q.Command[:1], ""),
		Err: fmt.Errorf("it says %q", strings.TrimSpace(string(said))), Hint: "choose another one by -qemu or the variable KMODLAB_QEMU: own, host, or a path"}
}

// quiet is a command that gets nothing of the user's, neither variables nor Ctrl-C
// in a terminal, which goes to us.
func quiet(ctx context.Context, argv []string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, argv[0], argv[1:]...)
	cmd.Env = sealed()
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	return cmd
}
