// SPDX-License-Identifier: GPL-2.0-only

package kbuild

import (
	"context"
	"os/exec"
	"runtime"
	"slices"
	"syscall"
	"time"

	"golang.org/x/sys/unix"

	"kmodlab/harness/kernel"
)

// Program is a build that a folder of unknown sources asks for: make with
// arguments of its own, or a script.
type Program struct {
	Dir  string   // where it runs
	Argv []string // program and arguments
	Env  []string // "NAME=value", on top of what the compiler of the kernel needs
	Path string   // folder put in front of PATH; "" for none
}

// Run runs the command with the compiler of k and returns everything that it
// printed. It runs with the user's rights but for one: neither it nor what it
// starts, sudo or not, can insert a module into the kernel of this machine.
func (c Program) Run(ctx context.Context, k *kernel.Kernel) (string, error) {
	cmd := exec.CommandContext(ctx, c.Argv[0], c.Argv[1:]...)
	cmd.Dir = c.Dir
	cmd.Env = inFront(append(environment(k), c.Env...), c.Path)
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGTERM) }
	cmd.WaitDelay = 5 * time.Second
	var output []byte
	err := harmless(func() (err error) {
		output, err = cmd.CombinedOutput()
		return err
	})
	if ctx.Err() != nil {
		return string(output), context.Cause(ctx)
	}
	return string(output), err
}

// harmless calls f on a thread that can start no process able to insert
// modules: without CAP_SYS_MODULE for a root user, and without the gain of
// rights that programs such as sudo live from (capabilities(7), prctl(2)).
func harmless(f func() error) error {
	ended := make(chan error)
	go func() {
		runtime.LockOSThread() // never unlocked: the thread ends with the goroutine
		err := unix.Prctl(unix.PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
		if err == nil {
			err = unix.Prctl(unix.PR_CAPBSET_DROP, unix.CAP_SYS_MODULE, 0, 0, 0)
			if err == unix.EPERM {
				err = nil // not privileged: there is nothing to drop
			}
		}
		if err == nil {
			err = f()
		}
		ended <- err
	}()
	return <-ended
}

// lastValue returns the value of name in an environment: of several the last
// one holds.
func lastValue(env []string, name string) string {
	for _, entry := range slices.Backward(env) {
		if len(entry) > len(name) && entry[:len(name)+1] == name+"=" {
			return entry[len(name)+1:]
		}
	}
	return ""
}

// Arguments are the arguments with which make builds modules for k: the
// compiler, and what the compiler's tree asks for.
func Arguments(k *kernel.Kernel) []string {
	var args []string
	if k.Toolchain.CC != "" {
		args = append(args, "CC="+k.Toolchain.CC)
	}
	return append(args, k.Toolchain.MakeArgs...)
}

// Unsupported is a folder's own statement that it is not for a kernel.
type Unsupported struct{ Reason string }

// Error returns the reason.
func (e *Unsupported) Error() string { return e.Reason }
