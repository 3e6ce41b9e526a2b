// SPDX-License-Identifier: GPL-2.0-only

// Package toolchain runs programs with the compiler that belongs to a kernel, in
// a box.
package toolchain

import (
	"cmp"
	"context"
	"os"
	"slices"

	"kmodlab/internal/box"
	"kmodlab/internal/kernel"
)

// Program is a build that a folder of unknown sources asks for: make with
// arguments of its own, or a script.
type Program struct {
	Dir   string   // where it runs
	Argv  []string // program and arguments
	Env   []string // "NAME=value", on top of what the compiler of the kernel needs
	Path  string   // folder put in front of PATH; "" for none
	Read  []string // folders that it reads, beside headers and compiler
	Write []string // folders that it may write; Dir for none
}

// Run runs the command with the compiler of k, in a box, and returns everything
// that it printed. Errors are those of [box.Command].
func (p Program) Run(ctx context.Context, k *kernel.Kernel) (string, error) {
	c := box.Command{Dir: p.Dir, Argv: p.Argv, Env: inFront(append(environment(k), p.Env...), p.Path), Read: append(reads(k), p.Read...), Write: p.Write}
	if p.Path != "" {
		c.Read = append(c.Read, p.Path)
	}
	if len(c.Write) == 0 {
		c.Write = []string{p.Dir}
	}
	return c.Run(ctx)
}

// reads are the folders with the headers and the compiler of k.
func reads(k *kernel.Kernel) []string {
	var all []string
	for _, path := range append([]string{k.Headers, k.Toolchain.Bin}, k.Reads...) {
		if path != "" {
			all = append(all, path)
		}
	}
	return all
}

// inFront puts the folder bin, if there is one, in front of the PATH of env.
func inFront(env []string, bin string) []string {
	if bin == "" {
		return env
	}
	return append(env, "PATH="+bin+string(os.PathListSeparator)+cmp.Or(box.Last(env, "PATH"), box.Path))
}

// environment is what the compiler of k adds to a box's environment.
func environment(k *kernel.Kernel) []string {
	return inFront(slices.Clone(k.Toolchain.Env), k.Toolchain.Bin)
}

// Arguments are the arguments with which make builds modules for k: the
// compiler, and what the compiler's tree asks for.
func Arguments(k *kernel.Kernel) []string {
	var args []string
	if k.Toolchain.CC != "" {
		args = append(args, "CC="+k.Toolchain.CC)
	}
	return append(args, k.Toolchain.Arguments()...)
}
