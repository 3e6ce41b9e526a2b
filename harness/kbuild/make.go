// SPDX-License-Identifier: GPL-2.0-only

package kbuild

import (
	"bytes"
	"context"
	"debug/elf"
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
	bin, err := probes(ctx, c, k)
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
//
// The BTF goes, too, unless the module has uses for it itself (.BTF_ids: it
// offers functions to BPF programs). It serves BPF programs that trace the
// module, of which there are none in a VM, and a kernel that loads it looks at
// all of its own types: with 6.12 a seventh of what an insertion costs.
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
	args := []string{"--strip-debug"}
	uses, err := hasSection(text, ".BTF_ids")
	if err != nil {
		return &fault.Error{Party: fault.Build, What: "what make built is no module", Where: ko, Err: err}
	}
	if !uses {
		args = append(args, "--remove-section=.BTF", "--remove-section=.BTF.base")
	}
	cmd := exec.CommandContext(ctx, objcopy, append(args, whole, filepath.Join(out, filepath.Base(ko)))...)
	cmd.Env = environment(k)
	if output, err := cmd.CombinedOutput(); err != nil {
		return &fault.Error{Party: fault.Build, What: "cannot strip a module", Where: ko, Err: fmt.Errorf("%w: %s", err, output)}
	}
	return nil
}

func hasSection(text []byte, name string) (bool, error) {
	f, err := elf.NewFile(bytes.NewReader(text))
	if err != nil {
		return false, err
	}
	return f.Section(name) != nil, nil
}
