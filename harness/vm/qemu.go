// SPDX-License-Identifier: GPL-2.0-only

package vm

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"strings"

	"kmodlab/harness/fault"
)

// QEMU is an emulator on this machine.
type QEMU struct {
	Path    string // of the program
	Version string // first line of qemu-system-x86_64 --version
	ID      string // changes with the program: a template is of use to its own QEMU only
}

// FindQEMU looks for qemu-system-x86_64 in PATH. The error is a [fault.Error]
// of the host.
func FindQEMU(ctx context.Context) (QEMU, error) {
	const name = "qemu-system-x86_64"
	path, err := exec.LookPath(name)
	if err != nil {
		return QEMU{}, &fault.Error{Party: fault.Host, What: "there is no " + name, Err: err, Fix: "install it: apt install qemu-system-x86"}
	}
	info, err := os.Stat(path)
	if err != nil {
		return QEMU{}, &fault.Error{Party: fault.Host, What: "cannot look at " + name, Where: path, Err: err}
	}
	out, err := exec.CommandContext(ctx, path, "--version").Output()
	if err != nil {
		return QEMU{}, &fault.Error{Party: fault.Host, What: "QEMU does not run", Where: path, Err: err, Fix: "try it by hand: " + path + " --version"}
	}
	version, _, _ := strings.Cut(string(out), "\n")
	return QEMU{Path: path, Version: version, ID: fmt.Sprintf("%s, %d bytes of %d", version, info.Size(), info.ModTime().UnixNano())}, nil
}
