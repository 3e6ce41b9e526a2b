// SPDX-License-Identifier: GPL-2.0-only

// Package executor builds the guest's executor: the program that does the system calls
// which run code of a module. It is written in C, and src/executor.c says why.
package executor

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"kmodlab/internal/fault"
	"kmodlab/internal/kernel"
	"kmodlab/internal/toolchain"
)

//go:embed src
var sources embed.FS

// flags make a program that needs no library, with the instructions that are
// the cheapest to emulate.
var flags = []string{
	"-std=gnu11", "-O2", "-Wall", "-Wextra", "-Werror",
	"-ffreestanding", "-nostdlib", "-static", "-fno-pie", "-no-pie",
	"-mgeneral-regs-only", "-fno-stack-protector", "-fno-asynchronous-unwind-tables",
	// Or memcpy would be compiled to a call of itself.
	"-fno-tree-loop-distribute-patterns",
	"-Wl,--build-id=none", "-s",
}

// Build compiles the executor with the compiler of k in the folder dir and returns
// the program's path. The error is a [fault.Error] of the build.
func Build(ctx context.Context, k *kernel.Kernel, dir string) (string, error) {
	if err := os.CopyFS(dir, sources); err != nil {
		return "", err
	}
	cc := toolchain.Program{Dir: dir, Argv: append(append([]string{compiler(k)}, flags...), "-o", "executor", "src/executor.c")}
	output, err := cc.Run(ctx, k)
	if ctx.Err() != nil {
		return "", context.Cause(ctx)
	}
	if _, owned := errors.AsType[*fault.Error](err); owned {
		return "", err
	}
	if err != nil {
		return "", &fault.Error{Owner: fault.Build, What: "the executor of the VMs does not compile", Where: k.Release,
			Err: fmt.Errorf("%w\n%s", err, output), Hint: "see whether the compiler works: " + compiler(k) + " --version"}
	}
	return filepath.Join(dir, "executor"), nil
}

// compiler returns the compiler that Kbuild would choose.
func compiler(k *kernel.Kernel) string {
	name := k.Toolchain.CC
	if name == "" {
		name = k.Toolchain.Prefix + "gcc"
	}
	return filepath.Join(k.Toolchain.Bin, name)
}
