// SPDX-License-Identifier: GPL-2.0-only

// Package tree provides kernels of the user's own: a kernel tree that was
// built, headers with an image, the kernel that this machine runs.
//
// It only reads them. What a VM needs of one, the unpacked image and a driver
// or two, goes into the cache under the digest of its contents, so a tree that
// is built again is a new kernel.
package tree

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"golang.org/x/sys/unix"

	"kmodlab/internal/cache"
	"kmodlab/internal/fault"
	"kmodlab/internal/kernel"
)

// flavour is the flavour of every kernel of this package.
const flavour = "own"

// Place says where a kernel of one's own is.
type Place struct {
	Dir   string // the built tree or the headers: what modules are built with, make -C
	Image string // bzImage or vmlinux; "" for the one that was built in Dir

	flags   string // what chooses it on the command line
	modules string // where its own modules are; "" to look for them
}

// Source returns the kernel at p as a source. Nothing is read but its release,
// for its name; what is wrong with it, [kernel.Source.Get] tells.
func (p Place) Source(c *cache.Cache) kernel.Source {
	if p.flags == "" {
		p.flags = "-kdir=" + p.Dir
		if p.Image != "" {
			p.flags += " -image=" + p.Image
		}
	}
	name, series := filepath.Base(p.Dir), ""
	if release, err := p.release(); err == nil {
		name, series = release, seriesOf(release)
	}
	return kernel.Source{Name: name, Series: series, Flavour: flavour, Arch: arch, Flags: p.flags,
		Get: func(ctx context.Context) (*kernel.Kernel, error) { return p.kernel(ctx, c) }}
}

// Host returns the kernel that this machine runs, as far as its files are
// installed. They are read, never run here.
func Host(c *cache.Cache) kernel.Source {
	var name unix.Utsname
	if err := unix.Uname(&name); err != nil {
		return kernel.Source{Name: "host", Flavour: flavour, Arch: arch, Flags: hostFlags,
			Get: func(context.Context) (*kernel.Kernel, error) { return nil, fmt.Errorf("uname: %w", err) }}
	}
	return installed(c, "/", unix.ByteSliceToString(name.Release[:]))
}

const hostFlags = "-kernel=host"

// installed returns the kernel of that release which is installed below root.
func installed(c *cache.Cache, root, release string) kernel.Source {
	modules := filepath.Join(root, "lib/modules", release)
	p := Place{Dir: filepath.Join(modules, "build"), Image: filepath.Join(root, "boot/vmlinuz-"+release), flags: hostFlags, modules: modules}
	return kernel.Source{Name: "host", Series: seriesOf(release), Flavour: flavour, Arch: arch, Flags: hostFlags, Get: func(ctx context.Context) (*kernel.Kernel, error) {
		for _, what := range []struct{ path, pkg string }{{p.Image, "linux-image-"}, {p.Dir, "linux-headers-"}} {
			if _, err := os.Stat(what.path); err != nil {
				return nil, &fault.Error{Owner: fault.Host, What: "the kernel that this machine runs, " + release + ", is not installed whole", Where: what.path, Err: unwrapped(err),
					Hint: "install its package, on Debian " + what.pkg + release + "; or name another kernel with -kernel, or with -kdir and -image"}
			}
		}
		return p.kernel(ctx, c)
	}}
}

// arch is the one architecture that kernels of one's own can be of: the
// compiler is the host's.
const arch = "amd64"

// release returns the release that modules are built for: the one in
// utsrelease.h, which vermagic is made of. Debian's headers have another one in
// kernel.release.
func (p Place) release() (string, error) {
	header, err := os.ReadFile(filepath.Join(p.Dir, "include/generated/utsrelease.h"))
	if err == nil {
		if found := utsRelease.FindSubmatch(header); found != nil {
			return string(found[1]), nil
		}
		return "", errors.New("include/generated/utsrelease.h names no release")
	}
	text, err := os.ReadFile(filepath.Join(p.Dir, "include/config/kernel.release"))
	return strings.TrimSpace(string(text)), err
}

var (
	utsRelease = regexp.MustCompile(`UTS_RELEASE "([^"]+)"`)
	xy         = regexp.MustCompile(`^\d+\.\d+`)
)

// seriesOf returns the x.y of a release.
func seriesOf(release string) string { return xy.FindString(release) }

// unwrapped returns the cause in an error of the file system, without the path
// that the message says anyway.
func unwrapped(err error) error {
	if e, ok := errors.AsType[*fs.PathError](err); ok {
		return e.Err
	}
	return err
}
