// SPDX-License-Identifier: GPL-2.0-only

package initramfs

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"kmodlab/internal/fault"
)

// mkuimageArgs are the arguments of mkuimage but for the commands.
func mkuimageArgs(out, work string) []string {
	return []string{"-format=cpio", "-o", out, "-tmp-dir", work, "-initcmd=init", "-defaultsh=gosh", "-go-build-tags", shellTag}
}

// agentArgs are the arguments of the go command that build the agent. Which commit
// it is of must not make it another program.
func agentArgs(out string) []string {
	return []string{"build", "-buildvcs=false", "-trimpath", "-ldflags=-s -w", "-o", out, "kmodlab/guest/agent"}
}

// goCommand runs the go command, or a program that runs it, to build programs
// for arch, with temporary files below work. All its children end with ctx, or
// with this process.
func (in *inputs) goCommand(ctx context.Context, work, arch, program string, args ...string) error {
	cmd := exec.CommandContext(ctx, program, args...)
	cmd.Dir = in.root
	env, err := goEnvironment(ctx, in.root)
	if err != nil {
		return err
	}
	cmd.Env = append(env, "GOARCH="+arch, "GOTMPDIR="+work, "TMPDIR="+work)
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
	cmd.WaitDelay = time.Second
	var log bytes.Buffer
	cmd.Stdout, cmd.Stderr = &log, &log
	err = cmd.Run()
	switch {
	case err == nil:
		return nil
	case ctx.Err() != nil:
		return context.Cause(ctx)
	case errors.Is(err, exec.ErrNotFound):
		return &fault.Error{Owner: fault.Host, What: "there is no go command", Err: err, Hint: "put the go command of the toolchain that built this into PATH"}
	}
	return &fault.Error{Owner: fault.Harness, What: "cannot build the guest's programs", Where: fmt.Sprintf("%s %s ...", filepath.Base(program), args[0]),
		Err: fmt.Errorf("%w\n%s", err, tail(log.String(), 20)), Hint: "when a module could not be downloaded, run once with network"}
}

// tail returns the last n lines of text.
func tail(text string, n int) string {
	lines := strings.Split(strings.TrimSpace(text), "\n")
	return strings.Join(lines[max(0, len(lines)-n):], "\n")
}
