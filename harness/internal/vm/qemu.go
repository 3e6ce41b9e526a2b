// SPDX-License-Identifier: GPL-2.0-only

package vm

import (
	"context"
	"fmt"
	"os/exec"
	"strings"
	"sync"
	"syscall"

	"kmodlab/internal/fault"
)

// QEMU is an emulator on this machine.
type QEMU struct {
	Path    string // of the program
	Version string // first line of its --version
	ID      string // changes with the program and what it loads: a template is of use to its own QEMU only
}

// programs are the emulators of the architectures, and the packages that bring
// them.
var programs = map[string]struct{ name, pkg string }{
	"amd64": {"qemu-system-x86_64", "qemu-system-x86"},
	"arm64": {"qemu-system-aarch64", "qemu-system-arm"},
}

// FindQEMU looks for the emulator of arch in PATH. The error is a [fault.Error]
// of the host, or the context's cause when it was cancelled.
func FindQEMU(ctx context.Context, arch string) (QEMU, error) {
	p, ok := programs[arch]
	if !ok {
		return QEMU{}, &fault.Error{Owner: fault.Usage, What: fmt.Sprintf("there are no VMs of the architecture %q", arch)}
	}
	path, err := exec.LookPath(p.name)
	if err != nil {
		return QEMU{}, &fault.Error{Owner: fault.Host, What: "there is no " + p.name, Err: err, Hint: "install it: apt install " + p.pkg}
	}
	cmd := exec.CommandContext(ctx, path, "--version")
	cmd.Env = sealed()
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} // Ctrl-C in a terminal goes to us, not to it
	var loads []string
	var asked sync.WaitGroup
	asked.Go(func() { loads = loaded(ctx, path) })
	out, err := cmd.Output()
	asked.Wait()
	if ctx.Err() != nil {
		return QEMU{}, context.Cause(ctx)
	}
	if err != nil {
		return QEMU{}, &fault.Error{Owner: fault.Host, What: "QEMU does not run", Where: path, Err: err, Hint: "try it by executor: " + path + " --version"}
	}
	version, _, _ := strings.Cut(string(out), "\n")
	return QEMU{Path: path, Version: version, ID: identity(version, path, loads)}, nil
}
