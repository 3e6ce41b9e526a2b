// SPDX-License-Identifier: GPL-2.0-only

package compile

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"

	"kmodlab/vmimages/internal/image"
)

// Image writes what the emulator boots to the file out. Debugging information and
// the linker's symbols stay behind; the kernel has a list of its own.
func (j Job) Image(ctx context.Context, out string) error {
	stripped := filepath.Join(j.Objects, "vmlinux.stripped")
	if output, err := j.boxed(ctx, nil, nil, []string{"strip", "-s", "-o", stripped, filepath.Join(j.Objects, "vmlinux")}); err != nil {
		return fmt.Errorf("strip the image: %w: %s", err, output)
	}
	text, err := os.ReadFile(stripped)
	if err != nil {
		return err
	}
	if err := image.Bootable(text); err != nil {
		return j.misfit("the emulator cannot boot it: "+err.Error(), "set CONFIG_PVH=y in the configuration")
	}
	release, _, err := image.Identity(text)
	if err == nil && release != j.Release {
		err = fmt.Errorf("the image is one of %s", release)
	}
	if err != nil {
		return err
	}
	return os.WriteFile(out, text, 0o644)
}

// Config is the file with the configuration of the kernel.
func (j Job) Config() string { return filepath.Join(j.Objects, ".config") }

// Headers copies what modules are built with into the folder out: of sources and
// objects, which become one tree.
func (j Job) Headers(out string) error {
	if err := copyTree(j.Sources, out, sourceKept); err != nil {
		return err
	}
	if err := copyTree(j.Objects, out, objectKept); err != nil {
		return err
	}
	// modpost writes Module.symvers when all modules of the kernel have been
	// built. None are.
	return copyFile(filepath.Join(j.Objects, "vmlinux.symvers"), filepath.Join(out, "Module.symvers"))
}

// sourceKept says whether a build of modules reads the file name of a kernel's
// sources.
func sourceKept(name string) bool {
	if path.Ext(name) == ".rst" {
		return false
	}
	switch dir, base := path.Split(name); {
	case dir == "":
		return base == "Makefile" || base == "Kbuild"
	case dir == "arch/x86/":
		return strings.HasPrefix(base, "Makefile")
	}
	return under(name, "include", "scripts", "arch/x86/include")
}

// objectKept says the same of the file name among a kernel's objects.
func objectKept(name string) bool {
	switch path.Ext(name) {
	case ".o", ".a", ".cmd", ".d":
		return false
	}
	switch name {
	case ".config", "arch/x86/module.lds", "tools/objtool/objtool":
		return true
	}
	return under(name, "include", "scripts", "arch/x86/include")
}

func under(name string, folders ...string) bool {
	for _, folder := range folders {
		if strings.HasPrefix(name, folder+"/") {
			return true
		}
	}
	return false
}

// copyTree copies those files of the folder from that are kept. What is there
// already stays: sources go before what was made of them.
func copyTree(from, to string, keep func(name string) bool) error {
	return filepath.WalkDir(from, func(file string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		name, err := filepath.Rel(from, file)
		if err != nil || !keep(name) {
			return err
		}
		target := filepath.Join(to, name)
		if err := os.MkdirAll(filepath.Dir(target), 0o755); err != nil {
			return err
		}
		if d.Type()&fs.ModeSymlink != 0 {
			to, err := os.Readlink(file)
			if err != nil {
				return err
			}
			return ignoreExist(os.Symlink(to, target))
		}
		return copyFile(file, target)
	})
}

// copyFile copies a file with its mode, unless there is one.
func copyFile(from, to string) error {
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer in.Close()
	info, err := in.Stat()
	if err != nil {
		return err
	}
	out, err := os.OpenFile(to, os.O_CREATE|os.O_EXCL|os.O_WRONLY, info.Mode().Perm())
	if err != nil {
		return ignoreExist(err)
	}
	_, err = io.Copy(out, in)
	return errors.Join(err, out.Close())
}

func ignoreExist(err error) error {
	if errors.Is(err, fs.ErrExist) {
		return nil
	}
	return err
}
