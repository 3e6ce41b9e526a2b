// SPDX-License-Identifier: GPL-2.0-only

package debian

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"

	"kmodlab/internal/cache"
	"kmodlab/internal/kernel"
	"kmodlab/internal/step"
	"kmodlab/vmimages/internal/catalogue"
)

// tree is a toolchain on this machine.
type tree struct {
	kernel.Toolchain
	dir string
}

// toolchain returns the tree of the toolchain t, made if need be.
func (p *Provider) toolchain(ctx context.Context, t catalogue.Toolchain) (tree, error) {
	var made tree
	err := p.obtain(ctx, toolchainTarget(p, t), func(pin catalogue.Pin) error {
		in := p.toolchainInputs(pin)
		build := func(ctx context.Context, tmp string) error {
			return p.buildToolchain(ctx, pin, tmp, p.place(in))
		}
		check := func(dir string) error { return present(dir, "usr/bin/"+t.CC, loader) }
		dir, err := p.cache.Verified(ctx, in, build, check, func(bad error) {
			step.Note(ctx, "the toolchain %s in the cache is damaged (%v): making it again", t.Name, bad)
		})
		made = tree{dir: dir, Toolchain: kernel.Toolchain{
			ID: toolchainID(t, pin), CC: t.CC, Prefix: t.Prefix, Bin: filepath.Join(dir, "usr/bin"), MakeArgs: t.MakeArgs,
		}}
		return err
	})
	return made, err
}

// place returns where an entry of the cache is or will be.
func (p *Provider) place(in *cache.Inputs) string {
	path, _ := p.cache.Lookup(in.Kind(), in.Key())
	return path
}

// buildToolchain makes the tree in tmp that will be used as final.
func (p *Provider) buildToolchain(ctx context.Context, pin catalogue.Pin, tmp, final string) error {
	if err := p.fetch(ctx, pin); err != nil {
		return err
	}
	s := step.Start(ctx, "unpack the toolchain %s", pin.Name)
	for i, pkg := range pin.Packages {
		if err := unpack(ctx, p.deb(pkg), tmp, toolchainPlace); err != nil {
			return s.End(err)
		}
		s.Progress(int64(i+1), int64(len(pin.Packages)))
	}
	for _, dir := range []string{"usr/bin", "usr/lib/gcc", "usr/lib/gcc-cross", "usr/libexec", "usr/x86_64-linux-gnu/bin", "usr/aarch64-linux-gnu/bin"} {
		if err := wrap(filepath.Join(tmp, dir), final, tmp); err != nil {
			return s.End(err)
		}
	}
	if err := besideLinks(filepath.Join(tmp, "usr/aarch64-linux-gnu/bin")); err != nil {
		return s.End(err)
	}
	return s.End(librariesSelfContained(filepath.Join(tmp, libDir)))
}

// besideLinks makes links of the folder dir work that lead to a wrapped
// program elsewhere, by which a cross compiler finds its assembler: the script
// looks for the binary beside the name it is called by.
func besideLinks(dir string) error {
	entries, err := os.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	for _, e := range entries {
		if e.Type()&fs.ModeSymlink == 0 {
			continue
		}
		target, err := os.Readlink(filepath.Join(dir, e.Name()))
		if err != nil {
			return err
		}
		binary := target + wrapped
		if _, err := os.Stat(filepath.Join(dir, binary)); err != nil || filepath.Dir(target) == "." {
			continue // no wrapped program, or one of this folder
		}
		if err := os.Symlink(binary, filepath.Join(dir, filepath.Base(binary))); err != nil && !errors.Is(err, fs.ErrExist) {
			return err
		}
	}
	return nil
}

// toolchainPlace keeps of a toolchain's packages what compiles and links
// modules: no archives to link programs with, no link-time optimiser, no
// profilers, no documentation.
func toolchainPlace(name string) string {
	dir, base := path.Split(name)
	switch {
	case dir == "usr/bin/":
		for _, unneeded := range []string{"gprof", "gp-", "lto-dump", "gcov", "gold", "dwp"} {
			if strings.Contains(base, unneeded) {
				return ""
			}
		}
		return name
	case dir == libDir+"/":
		return name
	case strings.HasPrefix(name, "usr/lib/gcc"), strings.HasPrefix(name, "usr/libexec/gcc"): // gcc and gcc-cross
		switch ext := path.Ext(base); {
		case ext == ".a", ext == ".o", base == "lto1":
			return ""
		}
		return name
	case strings.HasPrefix(name, "usr/x86_64-linux-gnu/bin/"), strings.HasPrefix(name, "usr/aarch64-linux-gnu/bin/"):
		return name
	}
	return ""
}

// present makes sure that the files are in the folder dir.
func present(dir string, files ...string) error {
	for _, file := range files {
		if _, err := os.Stat(filepath.Join(dir, file)); err != nil {
			return err
		}
	}
	return nil
}
