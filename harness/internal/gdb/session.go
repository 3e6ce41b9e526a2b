// SPDX-License-Identifier: GPL-2.0-only

package gdb

import (
	"context"
	"errors"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"syscall"
	"time"

	"golang.org/x/sys/unix"

	"kmodlab/internal/fault"
)

// Find returns the path of gdb. The error is a [fault.Error] of the host that
// names the package.
func Find() (string, error) {
	path, err := exec.LookPath("gdb")
	if err != nil {
		return "", &fault.Error{Owner: fault.Host, What: "there is no gdb", Err: err, Hint: "install it: apt install gdb"}
	}
	return path, nil
}

// Run runs the gdb at path with the session's script, which it puts into the
// folder work; it writes to out. For a person, gdb is in front of the
// terminal: Ctrl-C is gdb's, and stops the kernel. Run returns when gdb has
// ended; its exit status is no error, for it is that of the last command.
func (s Session) Run(ctx context.Context, out io.Writer, path, work string) error {
	script := filepath.Join(work, "script.gdb")
	if err := os.WriteFile(script, []byte(s.script()), 0o644); err != nil {
		return err
	}
	args := []string{"-q", "-x", script}
	if s.Batch {
		args = append(args, "-nx", "-batch")
	}
	cmd := exec.CommandContext(ctx, path, args...)
	cmd.Stdout, cmd.Stderr = out, out
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.WaitDelay = time.Second
	if !s.Batch {
		cmd.Stdin = os.Stdin
		cmd.SysProcAttr.Foreground, cmd.SysProcAttr.Ctty = true, int(os.Stdin.Fd())
		defer takeTerminal(int(os.Stdin.Fd()))
	}
	exit := new(exec.ExitError)
	if err := cmd.Run(); err != nil && !errors.As(err, &exit) {
		return &fault.Error{Owner: fault.Host, What: "cannot run gdb", Where: path, Err: err}
	}
	return context.Cause(ctx)
}

// takeTerminal puts this process in front of the terminal fd again.
func takeTerminal(fd int) {
	signal.Ignore(unix.SIGTTOU) // which a process behind gets that asks for it
	defer signal.Reset(unix.SIGTTOU)
	unix.IoctlSetPointerInt(fd, unix.TIOCSPGRP, unix.Getpgrp())
}
