// SPDX-License-Identifier: GPL-2.0-only

//go:build mage

//mage:multiline

// kmodlab: a lab bench for out-of-tree Linux kernel modules.
package main

import (
	"context"
	"fmt"
	"os"

	"github.com/magefile/mage/mg"

	"kmodlab/harness"
	"kmodlab/internal/fault"
)

// Default is what a bare "go tool mage" does.
var Default = Run

// x is for mage alone: the main function that v1.17.2 generates counts the
// arguments of a default target that has flags in a variable of this name, and
// does not declare it.
//
//lint:ignore U1000 only that main function uses it
var x int

// Aliases are second names of targets.
var Aliases = map[string]any{"kernels": Kernels.List}

// init says what was probably meant, before mage says that it does not know a
// target or a flag.
func init() {
	if err := harness.Misspelt("magefile.go", os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "Error:", err)
		os.Exit(fault.ExitUsage)
	}
	os.Args = append(os.Args[:1], harness.Undashed(os.Args[1:])...)
}

// Run replays a lesson live on a kernel and compares what the kernel printed.
//
// With neither flag it is the lesson notify on the kernel of Debian's stable
// release. "go tool mage kernels" lists the kernels.
func Run(ctx context.Context,
	kernel *string, // series, release or set: 6.12, >=6.1, all, every
	flavour *string, // cloud (default), amd64, rt, or all; debug, built here
	arch *string, // amd64 (default), arm64, or all
	kdir *string, // a kernel of your own: a built tree, or headers
	image *string, // its image, when it is not in kdir
	qemu *string, // which QEMU: own (of the archive), host, or a path
	kernelArgs *string, // words for the kernel's command line: "slub_debug=FZPU init_on_free=1"
	lesson *string, // a folder of kmod, or several: notify,order
	run *string, // only the cases LESSON/CASE that match this expression
	update *bool, // write down what the kernel prints instead of comparing it
	strict *bool, // fail where a kernel remarks on a case: something is deprecated, a parameter is ignored ...
	cover *bool, // tell which lines of the modules were run
	coverMin *int, // likewise, and fail below so many percent
	locked *bool, // fail rather than take another kernel than the pinned one
) error {
	return here().Run(ctx, os.Stdout, harness.Flags{Kernel: text(kernel), QEMU: text(qemu), Args: text(kernelArgs), Flavour: text(flavour), Arch: text(arch), KDir: text(kdir), Image: text(image),
		Lesson: text(lesson), Run: text(run), Update: set(update), Locked: set(locked), Strict: strict, Cover: set(cover), CoverMin: number(coverMin, 0)})
}

// Test runs every lesson on every kernel of the test set, then the Go tests.
func Test(ctx context.Context,
	kernel *string, // series, release or set: 6.12, >=6.1, all, every
	flavour *string, // cloud (default), amd64, rt, or all; debug, built here
	arch *string, // amd64 (default), arm64, or all
	kdir *string, // a kernel of your own: a built tree, or headers
	image *string, // its image, when it is not in kdir
	qemu *string, // which QEMU: own (of the archive), host, or a path
	kernelArgs *string, // words for the kernel's command line: "slub_debug=FZPU init_on_free=1"
	lesson *string, // a folder of kmod, or several: notify,order
	run *string, // only the cases LESSON/CASE that match this expression
	shard *string, // one part of the work, as in 2/4: see plan
	update *bool, // write down what the kernels print instead of comparing it
	strict *bool, // fail where a kernel remarks on a case: something is deprecated, a parameter is ignored ...
	cover *bool, // tell which lines of the modules were run
	coverMin *int, // likewise, and fail below so many percent
	locked *bool, // fail rather than take another kernel than a pinned one
	long *bool, // the long ones of the Go tests, too
) error {
	return here().Test(ctx, os.Stdout, harness.Flags{Kernel: text(kernel), QEMU: text(qemu), Args: text(kernelArgs), Flavour: text(flavour), Arch: text(arch), KDir: text(kdir), Image: text(image),
		Lesson: text(lesson), Run: text(run), Shard: text(shard), Update: set(update), Locked: set(locked), Strict: strict, Long: set(long), Cover: set(cover), CoverMin: number(coverMin, 0)})
}

// Plan prints the work of a test without doing it, with the seconds that each
// case is expected to take.
func Plan(ctx context.Context,
	kernel *string, // series, release or set: 6.12, >=6.1, all, every
	flavour *string, // cloud (default), amd64, rt, or all; debug, built here
	arch *string, // amd64 (default), arm64, or all
	lesson *string, // a folder of kmod, or several: notify,order
	run *string, // only the cases LESSON/CASE that match this expression
	shard *string, // one part of the work, as in 2/4
	json *bool, // for a program instead of a person
) error {
	return here().Plan(ctx, os.Stdout, harness.Flags{Kernel: text(kernel), Flavour: text(flavour), Arch: text(arch),
		Lesson: text(lesson), Run: text(run), Shard: text(shard)}, set(json))
}

// Explain tells what the kernel complains of in a log, of any machine and in any
// form: dmesg, the journal, a serial console. A dash is the standard input.
func Explain(ctx context.Context,
	log string,
	json *bool, // for a program instead of a person
) error {
	return here().Explain(ctx, os.Stdout, log, set(json))
}

// Merge joins the results of parts of a test that ran on several machines; the
// other flags are those of the test.
func Merge(ctx context.Context,
	dirs string,
	kernel *string, // series, release or set: 6.12, >=6.1, all, every
	flavour *string, // cloud (default), amd64, rt, or all; debug, built here
	arch *string, // amd64 (default), arm64, or all
	kernelArgs *string, // of the parts: words for the kernel's command line: "slub_debug=FZPU init_on_free=1"
	lesson *string, // a folder of kmod, or several: notify,order
	run *string, // only the cases LESSON/CASE that match this expression
	strict *bool, // fail where a kernel remarks on a case: something is deprecated, a parameter is ignored ...
) error {
	return here().Merge(ctx, os.Stdout, dirs, harness.Flags{Kernel: text(kernel), Flavour: text(flavour), Arch: text(arch), Args: text(kernelArgs),
		Lesson: text(lesson), Run: text(run), Strict: strict})
}

// Bisect finds the first kernel at which a case changes its verdict, or else
// what it prints.
func Bisect(ctx context.Context,
	run *string, // the case: LESSON/CASE, or an expression that matches just it
	kernel *string, // among which kernels: every (default), 5.10.*, all
	flavour *string, // cloud (default), amd64, rt; debug, built here
	arch *string, // amd64 (default), arm64
	qemu *string, // which QEMU: own (of the archive), host, or a path
	kernelArgs *string, // words for the kernel's command line: "slub_debug=FZPU init_on_free=1"
	strict *bool, // fail where a kernel remarks on a case: something is deprecated, a parameter is ignored ...
) error {
	return here().Bisect(ctx, os.Stdout, harness.Flags{Kernel: text(kernel), QEMU: text(qemu), Args: text(kernelArgs), Flavour: text(flavour), Arch: text(arch), Run: text(run), Strict: strict})
}

// Watch runs a lesson each time that you save one of its files.
//
// It builds that lesson and the modules it needs, runs its cases on a new clone
// each, and says what changed. Ctrl-C ends it.
func Watch(ctx context.Context,
	lesson *string, // a folder of kmod; notify when left out
	kernel *string, // a series or release; 6.12 when left out
	flavour *string, // cloud (default), amd64, rt; debug, built here
	arch *string, // amd64 (default), arm64
	qemu *string, // which QEMU: own (of the archive), host, or a path
	kernelArgs *string, // words for the kernel's command line: "slub_debug=FZPU init_on_free=1"
	run *string, // only the cases LESSON/CASE that match this expression
) error {
	return here().Watch(ctx, os.Stdout, harness.Flags{Kernel: text(kernel), QEMU: text(qemu), Args: text(kernelArgs), Flavour: text(flavour), Arch: text(arch),
		Lesson: text(lesson), Run: text(run)})
}

// Shell gives you a shell in a clone, with the modules at hand.
//
// It begins in /modules; insmod, rmmod, lsmod and dmesg -w are there. Leave it
// with exit or Ctrl-D, or with Ctrl-] when the kernel hangs. Nothing is kept.
func Shell(ctx context.Context,
	kernel *string, // a series or release; 6.12 when left out
	flavour *string, // cloud (default), amd64, rt; debug, built here
	arch *string, // amd64 (default), arm64
	kdir *string, // a kernel of your own: a built tree, or headers
	image *string, // its image, when it is not in kdir
	qemu *string, // which QEMU: own (of the archive), host, or a path
	kernelArgs *string, // words for the kernel's command line: "slub_debug=FZPU init_on_free=1"
) error {
	return here().Shell(ctx, os.Stdout, harness.Flags{Kernel: text(kernel), QEMU: text(qemu), Args: text(kernelArgs), Flavour: text(flavour), Arch: text(arch), KDir: text(kdir), Image: text(image)})
}

// Debug freezes a case in the init function of its module, under gdb.
//
// gdb knows the kernel's functions, and the module's sources and variables.
// Where standard input is no terminal, it prints a backtrace and goes on. The
// package gdb has to be installed.
func Debug(ctx context.Context,
	lesson *string, // a folder of kmod; notify when left out
	run *string, // the case, as in notify/veto; the lesson's first one when left out
	kernel *string, // a series or release; 6.12 when left out
	flavour *string, // cloud (default), amd64, rt; debug, built here
	qemu *string, // which QEMU: own (of the archive), host, or a path
	kernelArgs *string, // words for the kernel's command line: "slub_debug=FZPU init_on_free=1"
) error {
	return here().Debug(ctx, os.Stdout, harness.Flags{Kernel: text(kernel), QEMU: text(qemu), Args: text(kernelArgs), Flavour: text(flavour), Lesson: text(lesson), Run: text(run)})
}

// New makes a lesson NAME that passes at once: module, script, README.
func New(name string) error {
	return here().New(os.Stdout, name)
}

// Compdb writes compile_commands.json, by which clangd knows the modules.
func Compdb(ctx context.Context,
	kernel *string, // a series or release; 6.12 when left out
	flavour *string, // cloud (default), amd64, rt; debug, built here
) error {
	return here().CompileCommands(ctx, os.Stdout, harness.Flags{Kernel: text(kernel), Flavour: text(flavour)})
}

// Try builds any folder of modules, inserts and removes them, and shows what
// the kernels printed.
//
// A script beside the sources, such as load.txtar, is run instead. What it does
// in full: docs/try.md.
func Try(ctx context.Context,
	dir *string, // the folder: a Kbuild, a Makefile or a dkms.conf
	kernel *string, // series, release or set: 6.12, >=6.1, all, every; host is this machine's own
	flavour *string, // cloud (default), amd64, rt, or all; debug, built here
	arch *string, // amd64 (default), arm64, or all
	kdir *string, // a kernel of your own: a built tree, or headers
	image *string, // its image, when it is not in kdir
	qemu *string, // which QEMU: own (of the archive), host, or a path
	kernelArgs *string, // words for the kernel's command line: "slub_debug=FZPU init_on_free=1"
	params *string, // parameters of modules: "a:x=1 y=2;b:z=3"
	device *string, // what the VMs are given to drive: edu,nvme; see docs/try.md
	update *bool, // write down in the script what the kernel prints
	strict *bool, // fail where a kernel remarks on a case: something is deprecated, a parameter is ignored ...
	cover *bool, // tell which lines of the modules were run
	coverMin *int, // likewise, and fail below so many percent
	locked *bool, // fail rather than take another kernel than a pinned one
) error {
	return here().Try(ctx, os.Stdout, harness.TryFlags{Dir: text(dir), Params: text(params), Device: text(device), Flags: harness.Flags{
		Kernel: text(kernel), QEMU: text(qemu), Args: text(kernelArgs), Flavour: text(flavour), Arch: text(arch), KDir: text(kdir), Image: text(image), Update: set(update), Locked: set(locked), Strict: strict, Cover: set(cover), CoverMin: number(coverMin, 0)}})
}

// Bench measures boots, clones and cases against the least that is possible.
func Bench(ctx context.Context,
	kernel *string, // a series or release; 6.12 when left out
	qemu *string, // which QEMU: own (of the archive), host, or a path
	rounds *int, // how often each is measured; 10 when left out
) error {
	return here().Bench(ctx, os.Stdout, harness.Flags{Kernel: text(kernel), QEMU: text(qemu)}, max(1, number(rounds, 10)))
}

// Soak starts VMs again and again and fails when one does not come up.
//
// With -chaos it runs every lesson and every fault, too, in quiet and then while
// emulators or the harness are stopped at random, busy loops take the CPUs, and
// the like; it fails where a record is another one than in quiet.
func Soak(ctx context.Context,
	kernel *string, // series, release or set: 6.12, >=6.1, all, every
	flavour *string, // cloud (default), amd64, rt; debug, built here
	arch *string, // amd64 (default), arm64
	qemu *string, // which QEMU: own (of the archive), host, or a path
	clones *int, // how many one after the other; 50 when left out, with -chaos none
	parallel *int, // how many, four at a time; 50 when left out, with -chaos none
	boots *int, // how many templates; 5 when left out, with -chaos none
	chaos *bool, // disturb all of it
	disturb *string, // how: stop, pause, load, quota, memory, offline; all when left out
	rounds *int, // how often each disturbance; 3 when left out
	lesson *string, // disturb these lessons only: notify,order
	run *string, // disturb only the cases LESSON/CASE that match this expression
	seed *int, // of what is left to chance
) error {
	return here().Soak(ctx, os.Stdout, harness.Flags{Kernel: text(kernel), QEMU: text(qemu), Flavour: text(flavour), Arch: text(arch), Lesson: text(lesson), Run: text(run)},
		harness.Load{Clones: clones, Parallel: parallel, Boots: boots},
		harness.Disturbance{On: set(chaos), Kinds: text(disturb), Rounds: number(rounds, 3), Seed: uint64(number(seed, 0))})
}

// Claims settles every claim on every kernel of the test set and writes
// docs/claims.md.
func Claims(ctx context.Context,
	locked *bool, // fail rather than take another kernel than a pinned one
) error {
	return here().Claims(ctx, os.Stdout, harness.Flags{Locked: set(locked)})
}

// Cycles loads and unloads every lesson's modules 200 times on every kernel of
// the test set, and fails where something is left behind.
func Cycles(ctx context.Context,
	kernel *string, // series, release or set: 6.12, >=6.1, all, every
	flavour *string, // cloud (default), amd64, rt, or all; debug, built here
	arch *string, // amd64 (default), arm64, or all
	qemu *string, // which QEMU: own (of the archive), host, or a path
	kernelArgs *string, // words for the kernel's command line: "slub_debug=FZPU init_on_free=1"
	lesson *string, // a folder of kmod, or several: notify,order
	run *string, // only the cases LESSON/CASE that match this expression
	rounds *int, // how often; 200 by default
) error {
	return here().Cycles(ctx, os.Stdout, harness.Flags{Kernel: text(kernel), QEMU: text(qemu), Args: text(kernelArgs), Flavour: text(flavour), Arch: text(arch), Lesson: text(lesson), Run: text(run)}, number(rounds, 200))
}

// Lint asks everybody who has an opinion on the sources, and fails when anybody
// has something to say.
//
// That is gofmt, go vet and staticcheck; actionlint and shellcheck; checkpatch
// --strict; the compiler with W=1, and sparse, on each kernel of the test set.
// What cannot be asked is told, and fails where the variable CI is set.
func Lint(ctx context.Context,
	kernel *string, // series, release or set: 6.12, >=6.1, all, every
	locked *bool, // fail rather than take another kernel than a pinned one
) error {
	return here().Lint(ctx, os.Stdout, harness.Flags{Kernel: text(kernel), Locked: set(locked)})
}

// Release tags the commit as VERSION, when all is in order: docs/release.md.
//
// The version has to be a semantic one and the newest of CHANGELOG.md, and the
// checkout what its commit is. Nothing is pushed.
func Release(ctx context.Context, version string) error {
	return here().Release(ctx, os.Stdout, version)
}

// Report makes report.html, junit.xml and results.ktap again, from the results of
// the last run.
func Report(ctx context.Context) error {
	return here().Report(ctx, os.Stdout)
}

// Kernels groups what concerns the kernels.
type Kernels mg.Namespace

// List lists the kernels: series, version, origin, cached or not, size.
func (Kernels) List(ctx context.Context) error {
	return here().Kernels(ctx, os.Stdout)
}

// Points lists every release that the archive has, for -kernel=RELEASE.
func (Kernels) Points(ctx context.Context,
	kernel *string, // of which series: 6.12.*; every by default
	flavour *string, // cloud (default), amd64, rt, or all; debug, built here
	arch *string, // amd64 (default), arm64, or all
) error {
	return here().KernelsPoints(ctx, os.Stdout, harness.Flags{Kernel: text(kernel), Flavour: text(flavour), Arch: text(arch)})
}

// Fetch makes kernels ready for use. Those of the flavour debug are built, which
// takes minutes; what was interrupted goes on where it was.
func (Kernels) Fetch(ctx context.Context,
	kernel *string, // series, release or set: 6.12, >=6.1, all, every
	flavour *string, // cloud (default), amd64, rt, or all; debug, built here
	arch *string, // amd64 (default), arm64, or all
	locked *bool, // fail rather than take another kernel than a pinned one
) error {
	return here().KernelsFetch(ctx, os.Stdout, harness.Flags{Kernel: text(kernel), Flavour: text(flavour), Arch: text(arch), Locked: set(locked)})
}

// API tells which kernels have SYMBOLS (with commas between), and which have
// them no more.
//
// It reads the exports and the headers of every kernel in the cache. Exported,
// GPL-only: a module can link to it. Inline, macro, constant, type: it is in a
// header, whole. Declared: it is in a header, and not exported. A header,
// such as linux/timer.h, is there or gone.
func (Kernels) API(ctx context.Context,
	symbols string,
	kernel *string, // only of these, which are fetched: 6.12, >=6.1, all, every
	flavour *string, // cloud (default), amd64, rt, or all; debug, built here
	arch *string, // amd64 (default), arm64, or all
	kdir *string, // a kernel of your own: a built tree, or headers
	locked *bool, // fail rather than take another kernel than a pinned one
) error {
	return here().KernelsAPI(ctx, os.Stdout, symbols, harness.Flags{Kernel: text(kernel), Flavour: text(flavour), Arch: text(arch), KDir: text(kdir), Locked: set(locked)})
}

// Update asks the archive for the newest kernels and rewrites the lock file.
func (Kernels) Update(ctx context.Context) error {
	return here().KernelsUpdate(ctx, os.Stdout)
}

// Headlines reads from the kernels' sources what they print when they complain,
// and writes docs/headlines.md: which of it is heard.
func (Kernels) Headlines(ctx context.Context) error {
	return here().KernelsHeadlines(ctx, os.Stdout)
}

// here is the folder of the magefile, in which mage runs targets.
func here() harness.Home { return harness.Checkout(".") }

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
