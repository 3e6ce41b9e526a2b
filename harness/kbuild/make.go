// SPDX-License-Identifier: GPL-2.0-only

package kbuild

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"syscall"
	"time"

	"kmodlab/harness/cache"
	"kmodlab/harness/fault"
	"kmodlab/harness/kernel"
)

// runMake runs Kbuild on the folder stage and returns everything it printed.
func runMake(ctx context.Context, c *cache.Cache, k *kernel.Kernel, stage string) (string, error) {
	bin, err := probes(c, k)
	if err != nil {
		return "", err
	}
	// -k: one run shows the errors of every folder, not of the first only.
	args := []string{"-C", k.Headers, "M=" + stage, fmt.Sprintf("-j%d", runtime.NumCPU()), "-k", "modules"}
	cmd := exec.CommandContext(ctx, "make", append(args, Arguments(k)...)...)
	cmd.Env = inFront(environment(k), bin)
	// Make's children must end with it: a cancelled build leaves no compiler
	// behind.
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGTERM) }
	cmd.WaitDelay = 5 * time.Second
	output, err := cmd.CombinedOutput()
	if ctx.Err() != nil {
		return string(output), context.Cause(ctx)
	}
	return string(output), err
}

// inFront puts the folder bin, if there is one, in front of the PATH of env.
func inFront(env []string, bin string) []string {
	if bin == "" {
		return env
	}
	return append(env, "PATH="+bin+string(os.PathListSeparator)+lastValue(env, "PATH"))
}

// environment is the environment of the compiler. LC_ALL=C keeps its messages
// readable by [Diagnose] whatever language the user speaks.
func environment(k *kernel.Kernel) []string {
	env := append(os.Environ(), "LC_ALL=C", "LC_MESSAGES=C", "LANG=C") // Kbuild unsets the first
	env = append(env, k.Toolchain.Env...)
	if k.Toolchain.Bin != "" {
		env = append(env, "PATH="+k.Toolchain.Bin+string(os.PathListSeparator)+os.Getenv("PATH"))
	}
	return env
}

// Keep puts the module ko into the folder out twice: whole under debug, and
// without debug information, a tenth of the size, for the way into a VM.
func Keep(ctx context.Context, k *kernel.Kernel, ko, out string) error {
	if err := os.MkdirAll(filepath.Join(out, "debug"), 0o755); err != nil {
		return err
	}
	whole := filepath.Join(out, "debug", filepath.Base(ko))
	text, err := os.ReadFile(ko)
	if err != nil {
		return err
	}
	if err := os.WriteFile(whole, text, 0o644); err != nil {
		return err
	}
	objcopy := k.Toolchain.Prefix + "objcopy"
	if k.Toolchain.Bin != "" {
		objcopy = filepath.Join(k.Toolchain.Bin, objcopy)
	}
	cmd := exec.CommandContext(ctx, objcopy, "--strip-debug", whole, filepath.Join(out, filepath.Base(ko)))
	cmd.Env = environment(k)
	if output, err := cmd.CombinedOutput(); err != nil {
		return &fault.Error{Party: fault.Build, What: "cannot strip a module", Where: ko, Err: fmt.Errorf("%w: %s", err, output)}
	}
	return nil
}
