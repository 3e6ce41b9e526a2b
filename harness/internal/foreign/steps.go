// SPDX-License-Identifier: GPL-2.0-only

package foreign

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"kmodlab/internal/fault"
	"kmodlab/internal/step"
	"kmodlab/internal/toolchain"
)

// What DKMS does with the copy around make: do_build in dkms.in of dkms 3.2.

// prepare applies the patches of the dkms.conf and runs its PRE_BUILD.
func (b *build) prepare(ctx context.Context, d *dkms) error {
	for _, name := range d.patches {
		if err := b.patch(ctx, name); err != nil {
			return err
		}
	}
	return b.script(ctx, "PRE_BUILD", d.before)
}

// patch applies a patch, which is in the folder patches.
func (b *build) patch(ctx context.Context, name string) error {
	where := filepath.Join(b.folder.Dir, "patches", name)
	if !filepath.IsLocal(name) || !b.has(filepath.Join("patches", name), 0o400) {
		return &fault.Error{Owner: fault.Build, What: "there is no such patch as PATCH in the dkms.conf names", Where: where, Hint: "patches are in the folder patches, beside the dkms.conf"}
	}
	output, err := b.program("patch", "-p1", "-i", filepath.Join("patches", name)).Run(ctx, b.kernel)
	if errors.Is(err, exec.ErrNotFound) {
		return &fault.Error{Owner: fault.Host, What: "the dkms.conf has a PATCH, and patch is not installed", Where: where, Hint: "apt-get install patch"}
	}
	return b.failed(ctx, "a patch of the dkms.conf does not apply to the sources", where, output, err)
}

// script runs a script of the folder, with its arguments, if there is one. One
// that may not be run DKMS leaves out, with a warning.
func (b *build) script(ctx context.Context, name, command string) error {
	if command == "" {
		return nil
	}
	file, _, _ := strings.Cut(command, " ")
	if !b.has(file, 0o100) {
		step.Note(ctx, "%s: its dkms.conf has %s=%q, which is not there or not executable, and is left out", b.folder.Name, name, command)
		return nil
	}
	output, err := b.program("sh", "-c", b.stage+"/"+command).Run(ctx, b.kernel)
	return b.failed(ctx, name+" of the dkms.conf failed", filepath.Join(b.folder.Dir, file), output, err)
}

// program is one that runs in the copy as DKMS would run it.
func (b *build) program(argv ...string) toolchain.Program {
	return toolchain.Program{Dir: b.stage, Argv: argv, Env: b.variables(), Path: filepath.Join(b.work, "bin"), Write: []string{b.work}}
}

// has tells whether the copy has a file called name that may be read, or run.
func (b *build) has(name string, mode os.FileMode) bool {
	found := false
	err := b.within(func(work *os.Root) error {
		stage, err := filepath.Rel(b.work, b.stage)
		if err != nil {
			return err
		}
		info, err := work.Stat(filepath.Join(stage, name))
		found = err == nil && info.Mode().IsRegular() && info.Mode()&mode == mode
		return nil
	})
	return err == nil && found
}

// failed returns the error of a program that ended with err: what, where, and
// its last words.
func (b *build) failed(ctx context.Context, what, where, output string, err error) error {
	_, owned := errors.AsType[*fault.Error](err)
	switch {
	case err == nil || owned: // it did not end
		return err
	case ctx.Err() != nil:
		return context.Cause(ctx)
	}
	said := strings.Join(lastWords(b.ofSources(output)), "\n  ")
	return &fault.Error{Owner: fault.Build, What: what, Where: where, Err: fmt.Errorf("%w: %s", err, said)}
}
