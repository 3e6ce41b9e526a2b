// SPDX-License-Identifier: GPL-2.0-only

package tree

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"

	"kmodlab/internal/cache"
	"kmodlab/internal/fault"
	"kmodlab/internal/headers"
	"kmodlab/internal/kernel"
	"kmodlab/internal/ko"
	"kmodlab/internal/step"
	"kmodlab/vmimages/internal/image"
)

// kernel makes the kernel at p usable, or says what is wrong with it.
func (p Place) kernel(ctx context.Context, c *cache.Cache) (*kernel.Kernel, error) {
	var err error
	if p.Dir, err = filepath.Abs(p.Dir); err != nil {
		return nil, err
	}
	if err := p.prepared(); err != nil {
		return nil, err
	}
	release, err := p.release()
	if err != nil {
		return nil, p.wrong("its release is not known", err, "make -C "+p.Dir+" modules_prepare")
	}
	options, err := p.options()
	if err != nil {
		return nil, err
	}
	img, version, err := p.image(release)
	if err != nil {
		return nil, err
	}
	modules := p.ownModules(release)
	drivers, err := p.drivers(options, modules)
	if err != nil {
		return nil, err
	}
	tools, compiler, err := toolchain(ctx, options)
	if err != nil {
		return nil, err
	}
	folders, err := headers.Folders(p.Dir)
	if err != nil {
		return nil, &fault.Error{Owner: fault.Kernel, What: "the headers belong to a tree that is not there", Where: p.Dir, Err: err}
	}
	k := &kernel.Kernel{Series: seriesOf(release), Release: release, Version: cmp.Or(version, release), Arch: arch, Flavour: flavour, Origin: p.Dir,
		Digest: digest(img), Config: filepath.Join(p.Dir, ".config"), Headers: p.Dir, Reads: append(folders, compiler...), Modules: modules, Toolchain: tools}
	return k, keep(ctx, c, k, img, drivers)
}

// keep puts what a VM needs into the cache and tells k where it is.
func keep(ctx context.Context, c *cache.Cache, k *kernel.Kernel, img []byte, drivers []image.Driver) error {
	dir, err := c.Dir(ctx, imageInputs(k.Digest, drivers), func(ctx context.Context, tmp string) error {
		s := step.Start(ctx, "take the image of %s", k.Release)
		for _, d := range drivers {
			if err := os.WriteFile(filepath.Join(tmp, d.Name), d.Data, 0o644); err != nil {
				return s.End(err)
			}
		}
		return s.End(os.WriteFile(filepath.Join(tmp, "vmlinux"), img, 0o644))
	})
	k.Image = filepath.Join(dir, "vmlinux")
	for _, d := range drivers {
		k.Virtio = append(k.Virtio, filepath.Join(dir, d.Name))
	}
	return err
}

// image returns the unpacked image and the version of its package.
func (p Place) image(release string) (img []byte, version string, err error) {
	path := p.Image
	if path == "" {
		if path = firstOf(filepath.Join(p.Dir, "arch/x86/boot/bzImage"), filepath.Join(p.Dir, "vmlinux")); path == "" {
			return nil, "", p.wrong("there is no kernel image: neither arch/x86/boot/bzImage nor vmlinux", nil, "build one: make -C "+p.Dir+" bzImage; headers alone need -image=FILE, the image of the same kernel")
		}
	}
	packed, err := os.ReadFile(path)
	if err != nil {
		return nil, "", &fault.Error{Owner: fault.Usage, What: "cannot read the kernel image", Where: path, Err: unwrapped(err)}
	}
	bad := func(what string, err error, fix string) error {
		return &fault.Error{Owner: fault.Kernel, What: what, Where: path, Err: err, Hint: fix}
	}
	switch of := image.Arch(packed); of {
	case arch:
	case "":
		return nil, "", bad("this is no kernel image", nil, "give a bzImage (on Debian /boot/vmlinuz-RELEASE) or an uncompressed vmlinux")
	default:
		return nil, "", bad("the image is for "+of+", kernels of one's own run on "+arch+" only", nil, "give an image that was built for "+arch)
	}
	if img, err = image.Unpack(packed); err != nil {
		return nil, "", bad("cannot unpack the kernel image", err, "")
	}
	found, version, err := image.Identity(img)
	if err != nil {
		return nil, "", bad("cannot tell what kernel this is", err, "")
	}
	if found != release {
		return nil, "", bad("image and headers do not match: the image is "+found+", the headers are "+release, nil, "give headers and image of the same build; modules of another one would not load")
	}
	if err := image.Bootable(img); err != nil {
		return nil, "", bad("the emulator cannot boot the image", err, "set CONFIG_PVH=y and build it again")
	}
	return img, version, nil
}

// ownModules returns the folder with the kernel's own modules: where modules
// install, or where the package of the image has them, or the built tree.
func (p Place) ownModules(release string) string {
	if p.modules != "" {
		return p.modules
	}
	places := []string{filepath.Join(p.Dir, "modules.order")}
	if p.Image != "" {
		beside := filepath.Dir(p.Image)
		places = append(places, filepath.Join(beside, "../lib/modules", release, "modules.order"), filepath.Join(beside, "modules/modules.order"),
			filepath.Join(beside, "modules.order"))
	}
	places = append(places, filepath.Join("/lib/modules", release, "modules.order"))
	if found := firstOf(places...); found != "" {
		return filepath.Dir(found)
	}
	return ""
}

// drivers returns the modules that must be in before the agent can talk.
func (p Place) drivers(options kernel.Options, modules string) ([]image.Driver, error) {
	var files map[string]string
	if options["VIRTIO_PCI"] == "m" || options["VIRTIO_CONSOLE"] == "m" {
		var err error
		if files, err = ko.Find(modules); err != nil {
			return nil, err
		}
	}
	drivers, err := image.Drivers(options, files)
	if err != nil {
		return nil, p.wrong("its virtio drivers are not to be had", err, "set CONFIG_VIRTIO_PCI and CONFIG_VIRTIO_CONSOLE to y, or install the kernel's modules in /lib/modules, or in lib/modules beside the image's folder")
	}
	return drivers, nil
}

func firstOf(paths ...string) string {
	for _, path := range paths {
		if _, err := os.Stat(path); err == nil {
			return path
		}
	}
	return ""
}

// wrong says what is wrong with the kernel at p.
func (p Place) wrong(what string, err error, fix string) error {
	return &fault.Error{Owner: fault.Kernel, What: "this kernel cannot be used: " + what, Where: p.Dir, Err: err, Hint: fix}
}

func digest(text []byte) string {
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:])
}

// missing makes a list of options that are not set.
func missing(options kernel.Options, names []string) []string {
	var all []string
	for _, name := range names {
		if options[name] != "y" {
			all = append(all, fmt.Sprintf("CONFIG_%s", name))
		}
	}
	return all
}
