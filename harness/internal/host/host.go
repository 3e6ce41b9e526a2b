// SPDX-License-Identifier: GPL-2.0-only

// Package host makes sure that this machine has the few programs that the
// harness cannot bring along: QEMU, make, bubblewrap. It installs what is
// missing when it may do so without asking, and otherwise says the one command
// to run.
package host

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strings"

	"kmodlab/internal/fault"
	"kmodlab/internal/step"
)

// Need is a program that the harness needs of the machine.
type Need struct {
	Program string // looked up in PATH
	Package string // the Debian package that brings it

	Optional bool // installed along with others, and missed by nobody: who would use it says what is lost
}

// Needs returns what building for kernels takes, and booting kernels of these
// architectures in QEMUs of this machine.
func Needs(arches ...string) []Need {
	needs := []Need{
		{Program: "make", Package: "make"},
		{Program: "apt-get", Package: "apt"},
		{Program: "dpkg-deb", Package: "dpkg"},
		{Program: "perl", Package: "perl-base"},
		{Program: "xz", Package: "xz-utils"},
		{Program: "bwrap", Package: "bubblewrap", Optional: true},
	}
	if slices.Contains(arches, "amd64") {
		needs = append(needs, Need{Program: "qemu-system-x86_64", Package: "qemu-system-x86"})
	}
	if slices.Contains(arches, "arm64") {
		needs = append(needs, Need{Program: "qemu-system-aarch64", Package: "qemu-system-arm"})
	}
	return needs
}

// Ensure installs the packages of those needs that this machine lacks. The
// error is a [fault.Error] of the host that holds the command to run by hand.
func Ensure(ctx context.Context, needs []Need) error {
	missing, err := missing(needs)
	if err != nil || len(missing) == 0 {
		return err
	}
	install := append([]string{"apt-get", "install", "-y", "--no-install-recommends"}, missing...)
	byHand := fmt.Sprintf("run: sudo apt-get update && sudo %s", strings.Join(install, " "))
	root, ok := rootCommand(ctx)
	if !ok {
		return &fault.Error{Owner: fault.Host, What: "packages are missing: " + strings.Join(missing, ", "), Hint: byHand}
	}
	s := step.Start(ctx, "install %s", strings.Join(missing, " "))
	output, err := root(ctx, install...)
	if err != nil { // the lists of a new machine are empty or old
		if _, err = root(ctx, "apt-get", "update", "-qq"); err == nil {
			output, err = root(ctx, install...)
		}
	}
	if err != nil {
		lines := strings.Split(strings.TrimSpace(output), "\n")
		err = &fault.Error{Owner: fault.Host, What: "cannot install " + strings.Join(missing, ", "), Err: fmt.Errorf("%w: %s", err, lines[len(lines)-1]), Hint: byHand}
	}
	return s.End(err)
}

// missing returns the packages of the needs that are not met, each once;
// nothing when all of them are optional.
func missing(needs []Need) ([]string, error) {
	var packages []string
	needed := false
	for _, n := range needs {
		switch _, err := exec.LookPath(n.Program); {
		case err == nil:
		case errors.Is(err, exec.ErrNotFound):
			needed = needed || !n.Optional
			if !slices.Contains(packages, n.Package) {
				packages = append(packages, n.Package)
			}
		default:
			return nil, &fault.Error{Owner: fault.Host, What: "cannot look for " + n.Package, Err: err}
		}
	}
	if !needed {
		return nil, nil
	}
	return packages, nil
}

// rootCommand returns how to run a command as root without asking anybody, and
// whether that is possible.
func rootCommand(ctx context.Context) (func(context.Context, ...string) (string, error), bool) {
	var prefix []string
	if os.Geteuid() != 0 {
		if exec.CommandContext(ctx, "sudo", "-n", "true").Run() != nil {
			return nil, false
		}
		prefix = []string{"sudo", "-n"}
	}
	return func(ctx context.Context, argv ...string) (string, error) {
		argv = append(append(slices.Clone(prefix), "env", "DEBIAN_FRONTEND=noninteractive"), argv...)
		output, err := exec.CommandContext(ctx, argv[0], argv[1:]...).CombinedOutput()
		return string(output), err
	}, true
}
