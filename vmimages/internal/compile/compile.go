// SPDX-License-Identifier: GPL-2.0-only

// Package compile makes a kernel of its sources: image, and what modules are built
// with.
//
// It runs in a box, in a folder of objects that stays until the kernel is done.
// What was interrupted goes on there, as make does.
package compile

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"

	"kmodlab/internal/box"
	"kmodlab/internal/fault"
	"kmodlab/internal/kernel"
	"kmodlab/internal/step"
)

// Job is a kernel that is to be made.
type Job struct {
	Release string   // what uname -r is to say in it: "6.12.118-debug-amd64"
	Options []Option // what is not as small as can be
	Sources string   // folder; it is only read
	Objects string   // folder of what is made on the way
	Tools   Tools
}

// Tools are the programs that make a kernel.
type Tools struct {
	Tree   string // folder that holds them
	CC     string // name of the compiler
	HostCC string // name of the compiler of programs that run on this machine
}

// Run makes the kernel. It is told of as steps on ctx. Errors are a
// [fault.Error].
func (j Job) Run(ctx context.Context) error {
	if err := os.MkdirAll(j.Objects, 0o755); err != nil {
		return err
	}
	if err := j.settle(); err != nil {
		return err
	}
	if err := j.configure(ctx); err != nil {
		return err
	}
	total, err := j.prepare(ctx)
	if err != nil {
		return err
	}
	return j.make(ctx, total)
}

// preparedFile is in the folder of objects when the programs that make them are
// whole.
const preparedFile = "prepared"

// settle removes what a run that was killed may have left half written, and make
// would take for whole. Kbuild notes with each object how it was made when it is
// made; the Makefiles in tools do so for objects, not for what they link of them.
// What is whole stays: whatever is older than objtool is compiled anew.
func (j Job) settle() error {
	err := os.Remove(filepath.Join(j.Objects, preparedFile))
	if errors.Is(err, fs.ErrNotExist) {
		return os.RemoveAll(filepath.Join(j.Objects, "tools"))
	}
	return err
}

// prepare makes the programs that make objects, and returns how much there is to
// be made with them.
func (j Job) prepare(ctx context.Context) (int64, error) {
	s := step.Start(ctx, "prepare to compile %s", j.Release)
	if _, err := j.run(ctx, nil, nil, "prepare"); err != nil {
		return 0, s.End(err)
	}
	if err := os.WriteFile(filepath.Join(j.Objects, preparedFile), nil, 0o644); err != nil {
		return 0, s.End(err)
	}
	total, err := j.count(ctx)
	return total, s.End(err)
}

// configure makes the configuration, and makes sure that it is the one that was
// wished for: Kconfig drops, silently, what it does not know and what depends on
// something that is missing.
func (j Job) configure(ctx context.Context) error {
	s := step.Start(ctx, "configure %s", j.Release)
	names, err := known(os.DirFS(j.Sources))
	if err != nil {
		return s.End(err)
	}
	if strange := strangers(j.Options, names); len(strange) > 0 {
		return s.End(j.misfit("this kernel has no option "+strings.Join(strange, ", "), "give it the condition that tells which kernels have it"))
	}
	release, err := j.localVersion(ctx)
	if err != nil {
		return s.End(err)
	}
	wish := filepath.Join(j.Objects, "wish.config")
	if err := os.WriteFile(wish, []byte(Text(j.Options)+release), 0o644); err != nil {
		return s.End(err)
	}
	// Of tinyconfig, which is this with some options of its own, two would have
	// to be undone: SLUB_TINY and BASE_SMALL, which exclude KASAN.
	if _, err := j.run(ctx, nil, []string{"KCONFIG_ALLCONFIG=" + wish}, "allnoconfig"); err != nil {
		return s.End(err)
	}
	got, err := kernel.ReadOptions(filepath.Join(j.Objects, ".config"))
	if err != nil {
		return s.End(err)
	}
	if lost := loose(j.Options, got); len(lost) > 0 {
		return s.End(j.misfit("options do not stick: "+strings.Join(lost, ", "), "see in its Kconfig what it depends on, and what selects or excludes it"))
	}
	return s.End(nil)
}

// localVersion returns the option by which the kernel is called as it is to be.
// That the sources are of another version is a [fault.Error].
func (j Job) localVersion(ctx context.Context) (string, error) {
	output, err := j.run(ctx, nil, nil, "-s", "kernelversion")
	if err != nil {
		return "", err
	}
	version := strings.TrimSpace(output)
	local, ok := strings.CutPrefix(j.Release, version)
	if !ok || version == "" {
		return "", j.misfit(fmt.Sprintf("the sources are those of %q", version), "pin image and sources of one version: "+fault.Command("kernels:update"))
	}
	return fmt.Sprintf("CONFIG_LOCALVERSION=%q\n", local), nil
}

func (j Job) misfit(what, hint string) error {
	return &fault.Error{Owner: fault.Harness, What: "the kernel " + j.Release + " cannot be built as it is wished for: " + what, Where: j.Sources, Hint: hint}
}

// make compiles and links.
func (j Job) make(ctx context.Context, total int64) error {
	s := step.Start(ctx, "compile %s", j.Release)
	_, err := j.run(ctx, &counter{total: total, tell: s.Progress}, nil, products...)
	return s.End(err)
}

// products are what is made: the image, with the list of what it exports, and what
// builds modules.
var products = []string{"vmlinux", "modules_prepare"}

// count returns how much there is still to be made, about: what a dry run says, once
// everything is prepared. It goes on after errors, for what was not made is missing, and does not see what is
// made because something else was.
func (j Job) count(ctx context.Context) (int64, error) {
	output, err := j.run(ctx, nil, nil, append([]string{"-n", "-k", "-j1"}, products...)...)
	if ctx.Err() != nil {
		return 0, err
	}
	return int64(len(planned.FindAllString(output, -1))), nil // of an error the real run tells
}

// planned is what Kbuild would have the shell say of what it makes.
var planned = regexp.MustCompile(`(?m)echo '  [A-Z][A-Z0-9_]*( \[M\])? +\S`)

// run runs make in the box and returns what it printed.
func (j Job) run(ctx context.Context, heard io.Writer, env []string, words ...string) (string, error) {
	argv := []string{"make", "-C", j.Sources, "O=" + j.Objects, fmt.Sprintf("-j%d", runtime.NumCPU())}
	output, err := j.boxed(ctx, heard, env, slices.Concat(argv, j.arguments(), words))
	_, owned := errors.AsType[*fault.Error](err) // of the box, which may have failed, too
	if _, failed := errors.AsType[*exec.ExitError](err); failed && !owned {
		err = &fault.Error{Owner: fault.Build, What: "the kernel " + j.Release + " cannot be built", Where: "make " + strings.Join(words, " ") + " in " + j.Objects, Err: fmt.Errorf("%w: %s", err, telling(output)),
			Hint: "what is compiled already is kept, and the next run goes on with it"}
	}
	return output, err
}

// boxed runs a program of the tools, or of this machine, in the box. Flex and
// bison would look for their parts where they are installed.
func (j Job) boxed(ctx context.Context, heard io.Writer, env, argv []string) (string, error) {
	bin := filepath.Join(j.Tools.Tree, "usr/bin")
	return box.Command{
		Dir: j.Objects, Argv: argv, Heard: heard,
		Env: append([]string{"PATH=" + bin + string(os.PathListSeparator) + box.Path, "M4=" + filepath.Join(bin, "m4"),
			"BISON_PKGDATADIR=" + filepath.Join(j.Tools.Tree, "usr/share/bison")}, env...),
		Read: []string{j.Sources, j.Tools.Tree}, Write: []string{j.Objects},
	}.Run(ctx)
}

// arguments are those of make, whatever it makes. The kernel is the same wherever
// and whenever it is built.
//
// arch/x86/platform/pvh/enlighten.c runs before KASAN has its shadow memory, and so
// must not call memcmp(), which is checked: hypervisor_cpuid_base() in asm/cpuid.h
// says so, and relies on the compiler to put it in line. GCC 14 does not.
func (j Job) arguments() []string {
	return []string{
		"CFLAGS_enlighten.o=-minline-all-stringops",
		"CC=" + j.Tools.CC, "HOSTCC=" + j.Tools.HostCC,
		"HOSTPKG_CONFIG=false", // it would tell of this machine's libraries
		"KCFLAGS=-ffile-prefix-map=" + j.Sources + "/= -ffile-prefix-map=" + j.Tools.Tree + "=",
		"KBUILD_BUILD_USER=kmodlab", "KBUILD_BUILD_HOST=kmodlab", "KBUILD_BUILD_VERSION=1", "KBUILD_BUILD_TIMESTAMP=1970-01-01",
	}
}

// trouble is a line of a compiler, a linker or make that tells why it failed.
var trouble = regexp.MustCompile(`[Ee]rror[: ]|undefined reference|\*\*\*|No space left|not found|[Nn]o such file`)

// telling returns the lines of what make printed that tell why it failed: all
// errors, or else what it said last.
func telling(output string) string {
	lines := strings.Split(strings.TrimSpace(output), "\n")
	var errs []string
	for _, l := range lines {
		if !made.MatchString(l) && trouble.MatchString(l) {
			errs = append(errs, l)
		}
	}
	if len(errs) == 0 {
		errs = lines[max(0, len(lines)-10):]
	}
	return strings.Join(errs[:min(10, len(errs))], "\n")
}
