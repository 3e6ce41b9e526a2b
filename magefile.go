// SPDX-License-Identifier: GPL-2.0-only

//go:build mage

// kmodlab: a lab bench for out-of-tree Linux kernel modules.
package main

import (
	"context"
	"os"

	"github.com/magefile/mage/mg"

	"kmodlab/harness/bench"
	"kmodlab/harness/target"
)

// Default is what a bare "go tool mage" does.
var Default = Run

// x is for mage alone: the main function that v1.17.2 generates counts the
// arguments of a default target that has flags in a variable of this name, and
// does not declare it.
var x int

// Aliases are second names of targets.
var Aliases = map[string]any{"kernels": Kernels.List}

// Run builds a lesson, boots a kernel, replays the lesson live and compares
// what the kernel printed.
func Run(ctx context.Context, kernel, flavour, arch, lesson, run *string, update, locked *bool) error {
	return target.Run(ctx, os.Stdout, target.Flags{Kernel: text(kernel), Flavour: text(flavour), Arch: text(arch),
		Lesson: text(lesson), Run: text(run), Update: set(update), Locked: set(locked)})
}

// Test runs the Go tests, then every lesson on every kernel of the test set.
func Test(ctx context.Context, kernel, flavour, arch, lesson, run, shard *string, update, locked *bool) error {
	return target.Test(ctx, os.Stdout, target.Flags{Kernel: text(kernel), Flavour: text(flavour), Arch: text(arch),
		Lesson: text(lesson), Run: text(run), Shard: text(shard), Update: set(update), Locked: set(locked)})
}

// Plan prints the work of a test without doing it, with the seconds that each
// case is expected to take.
func Plan(ctx context.Context, kernel, flavour, arch, lesson, run, shard *string, json *bool) error {
	return target.Plan(ctx, os.Stdout, target.Flags{Kernel: text(kernel), Flavour: text(flavour), Arch: text(arch),
		Lesson: text(lesson), Run: text(run), Shard: text(shard)}, set(json))
}

// Merge joins the results of parts of a test that ran on several machines; the
// other flags are those of the test.
func Merge(ctx context.Context, dirs string, kernel, flavour, arch, lesson, run *string) error {
	return target.Merge(ctx, os.Stdout, dirs, target.Flags{Kernel: text(kernel), Flavour: text(flavour), Arch: text(arch),
		Lesson: text(lesson), Run: text(run)})
}

// Bench measures boots, clones and cases against the least that is possible.
func Bench(ctx context.Context, kernel *string, rounds *int) error {
	return target.Bench(ctx, os.Stdout, target.Flags{Kernel: text(kernel)}, max(1, number(rounds, 10)))
}

// Soak starts VMs again and again and fails when one does not come up: -clones
// one after the other, -parallel four at a time, -boots templates.
func Soak(ctx context.Context, kernel, flavour, arch *string, clones, parallel, boots *int) error {
	return target.Soak(ctx, os.Stdout, target.Flags{Kernel: text(kernel), Flavour: text(flavour), Arch: text(arch)},
		bench.Load{Clones: number(clones, 50), Parallel: number(parallel, 50), Boots: number(boots, 5)})
}

// Claims settles every claim on every kernel of the test set and writes
// docs/claims.md.
func Claims(ctx context.Context, locked *bool) error {
	return target.Claims(ctx, os.Stdout, target.Flags{Locked: set(locked)})
}

// Cycles loads and unloads every lesson's modules 200 times on every kernel of
// the test set, and fails where something is left behind.
func Cycles(ctx context.Context, kernel, flavour, arch, lesson, run *string, rounds *int) error {
	return target.Cycles(ctx, os.Stdout, target.Flags{Kernel: text(kernel), Flavour: text(flavour), Arch: text(arch), Lesson: text(lesson), Run: text(run)}, number(rounds, 200))
}

// Report makes out/report.html, out/junit.xml and out/results.ktap again, from
// the results of the last run.
func Report(ctx context.Context) error {
	return target.Report(ctx, os.Stdout)
}

// Shell gives you a shell in a VM, with the modules at hand.
func Shell(ctx context.Context, kernel *string) error {
	return target.Shell(ctx, os.Stdout, target.Flags{Kernel: text(kernel)})
}

// Kernels groups what concerns the kernels.
type Kernels mg.Namespace

// List lists the kernels: series, version, origin, cached or not, size.
func (Kernels) List(ctx context.Context) error {
	return target.Kernels(ctx, os.Stdout)
}

// Points lists every release that the archive has, for -kernel=RELEASE.
func (Kernels) Points(ctx context.Context, kernel, flavour, arch *string) error {
	return target.KernelsPoints(ctx, os.Stdout, target.Flags{Kernel: text(kernel), Flavour: text(flavour), Arch: text(arch)})
}

// Update asks the archive for the newest kernels and rewrites the lock file.
func (Kernels) Update(ctx context.Context) error {
	return target.KernelsUpdate(ctx, os.Stdout)
}

func text(flag *string) string {
	if flag == nil {
		return ""
	}
	return *flag
}

func number(flag *int, otherwise int) int {
	if flag == nil {
		return otherwise
	}
	return *flag
}

func set(flag *bool) bool { return flag != nil && *flag }
