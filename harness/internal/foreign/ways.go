// SPDX-License-Identifier: GPL-2.0-only

package foreign

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"

	"kmodlab/harness/internal/kbuild"
	"kmodlab/internal/fault"
	"kmodlab/internal/step"
	"kmodlab/internal/toolchain"
)

// way is one way to build a folder.
type way struct {
	text    string // how a person would write it
	command toolchain.Program
	plain   bool // Kbuild alone, without the folder's own rules
	dkms    bool // the command of its dkms.conf
}

// headersNames and releaseNames are how Makefiles call the folder of the
// headers and the release.
var (
	headersNames = []string{"KDIR", "KERNELDIR", "KERNEL_DIR", "KERNEL_SRC", "KERNEL_PATH", "KERNEL_SOURCE", "KERNEL_BUILD", "KERN_DIR", "KERNDIR", "KSRC", "KSRC_DIR", "KPATH", "LINUX_DIR", "LINUX_SRC", "SYSSRC"}
	releaseNames = []string{"KVER", "KVERSION", "KERNEL_VER", "KERNEL_VERSION"}
)

// ways returns the ways to build the folder, in the order in which they are
// tried:
//
//  1. the command MAKE of its dkms.conf;
//  2. Kbuild: make -C HEADERS M=COPY modules;
//  3. its own Makefile, told in every usual variable where the headers are.
func (b *build) ways(ctx context.Context) ([]way, error) {
	// A command line that every make heeds, however deep it is called from.
	flags := []string{fmt.Sprintf("-j%d", runtime.NumCPU()), "--"}
	for _, arg := range toolchain.Arguments(b.kernel) {
		flags = append(flags, strings.ReplaceAll(arg, " ", `\ `))
	}
	env := []string{"MAKEFLAGS=" + strings.Join(flags, " "), "PWD=" + b.stage}
	bin, own := filepath.Join(b.work, "bin"), []string{b.work}
	var ways []way
	if b.folder.DKMS {
		command, err := b.dkms(ctx)
		if err != nil {
			return nil, err
		}
		if command != "" {
			ways = append(ways, way{text: "dkms.conf: " + command, dkms: true, command: toolchain.Program{Dir: b.stage, Argv: []string{"sh", "-c", command}, Env: append(slices.Clone(env), b.variables()...), Path: bin, Write: own}})
		}
	}
	ways = append(ways, way{text: "make -C HEADERS M=COPY modules", plain: true, command: toolchain.Program{Dir: b.stage, Env: env, Path: bin, Write: own,
		Argv: []string{"make", "-C", b.kernel.Headers, "M=" + b.stage, "-k", "modules"}}})
	argv := []string{"make"}
	for _, name := range headersNames {
		argv = append(argv, name+"="+b.kernel.Headers)
	}
	for _, name := range releaseNames {
		argv = append(argv, name+"="+b.kernel.Release)
	}
	return append(ways, way{text: "make " + strings.Join(headersNames[:3], "=HEADERS ") + "=HEADERS ... " + releaseNames[0] + "=RELEASE ...", command: toolchain.Program{Dir: b.stage, Argv: argv, Env: env, Path: bin, Write: own}}), nil
}

// variables are those that DKMS sets for a dkms.conf and its commands.
func (b *build) variables() []string {
	set := []string{
		"kernelver=" + b.kernel.Release, "kernel_source_dir=" + b.kernel.Headers, "arch=" + machine(b.kernel.Arch),
		"dkms_tree=" + filepath.Join(b.work, "dkms"), "source_tree=" + filepath.Join(b.work, "dkms"),
	}
	if b.conf != nil {
		set = append(set, "PACKAGE_NAME="+b.conf.name, "PACKAGE_VERSION="+b.conf.version)
	}
	return set
}

// machine returns what uname -m says of Debian's architecture.
func machine(arch string) string {
	if name, ok := map[string]string{"amd64": "x86_64", "arm64": "aarch64"}[arch]; ok {
		return name
	}
	return arch
}

// plainMake is a command that begins with the word make: DKMS adds to it, and
// leaves one alone that is quoted.
var plainMake = regexp.MustCompile(`^make\b`)

// dkms reads the dkms.conf and returns the command that it builds with, "" for
// the usual one. A kernel that it excludes is a *[kbuild.Unsupported].
func (b *build) dkms(ctx context.Context) (string, error) {
	vars, refused, err := b.readConf(ctx)
	if err != nil {
		return "", err
	}
	d := newDKMS(vars, b.kernel.Release)
	reason, err := d.excluded(b.kernel, machine(b.kernel.Arch))
	if err != nil {
		return "", err
	}
	if reason != "" {
		return "", &kbuild.Unsupported{Reason: reason}
	}
	if len(refused) > 0 {
		step.Note(ctx, "%s: its dkms.conf runs %s, which it does not get: it may say something else than to DKMS", b.folder.Name, strings.Join(refused, ", "))
	}
	b.conf = d
	// The folder is where DKMS would have it, under its name and version.
	err = b.within(func(work *os.Root) error {
		if err := work.MkdirAll(filepath.Dir(d.place()), 0o755); err != nil {
			return err
		}
		return work.Symlink(b.stage, d.place())
	})
	if err != nil {
		return "", err
	}
	if err := b.prepare(ctx, d); err != nil {
		return "", err
	}
	command := strings.ReplaceAll(d.make, "/lib/modules/", filepath.Join(b.work, "lib/modules")+"/")
	return plainMake.ReplaceAllString(command, "make KERNELRELEASE="+b.kernel.Release), nil
}

// within calls f with the working folder, out of which no path leads: what runs
// in it may have put a link there, or a name, to have the harness write where
// it cannot itself.
func (b *build) within(f func(work *os.Root) error) error {
	work, err := os.OpenRoot(b.work)
	if err != nil {
		return err
	}
	defer work.Close()
	if err := f(work); err != nil {
		return &fault.Error{Owner: fault.Build, What: "cannot change the copy of the sources", Where: b.folder.Dir, Err: unwrapped(err)}
	}
	return nil
}
