// SPDX-License-Identifier: GPL-2.0-only

package debian

import (
	"cmp"
	"context"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"kmodlab/internal/fault"
	"kmodlab/internal/kernel"
	"kmodlab/internal/ko"
	"kmodlab/internal/step"
	"kmodlab/vmimages/internal/catalogue"
)

// How packages of kernels from 6.19 on are called, in front of the release: that of
// the image, and that of the kernel's own modules.
const binaryPackage, modulesPackage = "linux-binary-", "linux-modules-"

// isSplit says whether the kernel's own modules are in a package of their own.
func isSplit(pin catalogue.Pin) bool {
	return slices.ContainsFunc(pin.Packages, func(pkg catalogue.Package) bool { return strings.HasPrefix(pkg.Name, binaryPackage) })
}

// ownModules returns the files of the kernel's own modules called names and of all
// that they need, by name. What is not in the cache is fetched; a name that the
// kernel has no module of is left out. The error is a [fault.Error].
func (p *Provider) ownModules(ctx context.Context, k *kernel.Kernel, pin catalogue.Pin, names []string) (map[string]string, error) {
	known, err := k.ModuleNames()
	if err != nil {
		return nil, owned(ctx, err, "cannot tell which modules "+pin.Release+" has")
	}
	files := map[string]string{}
	// What they need they say themselves, so it takes several turns. To read the
	// package takes seconds: each turn reads it once.
	for turn := names; len(turn) > 0; {
		turn = slices.DeleteFunc(slices.Clone(turn), func(name string) bool { return !known[name] || files[name] != "" })
		if turn, err = p.ownTurn(ctx, pin, turn, files); err != nil {
			return nil, owned(ctx, err, "cannot get the modules of "+pin.Release)
		}
	}
	return files, nil
}

// ownTurn adds the files of the modules called names to files, and returns the names
// of what they need.
func (p *Provider) ownTurn(ctx context.Context, pin catalogue.Pin, names []string, files map[string]string) (needed []string, err error) {
	ahead, remove, err := p.cache.Temp(ctx, "modules")
	if err != nil {
		return nil, err
	}
	defer remove()
	missing := slices.DeleteFunc(slices.Clone(names), func(name string) bool {
		_, ok := p.cache.Lookup(kindOwn, ownInputs(pin, name).Key())
		return ok
	})
	if len(missing) > 0 {
		if err := p.unpackModules(ctx, pin, ahead, missing...); err != nil {
			return nil, err
		}
	}
	for _, name := range names {
		file, m, err := p.ownModule(ctx, pin, name, ahead)
		if err != nil {
			return nil, err
		}
		files[name] = file
		needed = append(needed, m.Depends...)
	}
	return needed, nil
}

// ownModule returns one of them, with what it says of itself. If it is not in the
// cache, it is taken out of the folder ahead, where it was unpacked. One that is
// damaged in the cache is unpacked again, with a note.
func (p *Provider) ownModule(ctx context.Context, pin catalogue.Pin, name, ahead string) (file string, m *ko.Module, err error) {
	unpacked := func(ctx context.Context, tmp string) error {
		found, err := ko.Find(ahead)
		if from := found[name]; err == nil && from != "" {
			return os.Rename(from, filepath.Join(tmp, filepath.Base(from)))
		}
		return cmp.Or(err, p.unpackModules(ctx, pin, tmp, name))
	}
	opened := func(dir string) error {
		found, err := ko.Find(dir)
		if err != nil {
			return err
		}
		if file = found[name]; file == "" {
			return fmt.Errorf("%s has no module %s", pin.Modules, name)
		}
		m, err = ko.Open(file)
		return err
	}
	_, err = p.cache.Verified(ctx, ownInputs(pin, name), unpacked, opened, func(bad error) {
		step.Note(ctx, "the module %s of %s in the cache is damaged (%v): unpacking it again", name, pin.Release, bad)
	})
	return file, m, err
}

// unpackModules writes the files of the modules called names into the folder dir. The
// package is read as a stream: nothing else of it touches the disk.
func (p *Provider) unpackModules(ctx context.Context, pin catalogue.Pin, dir string, names ...string) error {
	if err := p.fetchModules(ctx, pin); err != nil {
		return err
	}
	s := step.Start(ctx, "unpack of %s %s", pin.Release, strings.Join(names, ", "))
	return s.End(unpack(ctx, p.deb(pin.Modules), dir, modulePlace(pin.Release, names)))
}

// modulePlace keeps of the package of a kernel's modules those called names.
func modulePlace(release string, names []string) func(string) string {
	modules := "usr/lib/modules/" + release + "/"
	return func(file string) string {
		if strings.HasPrefix(file, modules) && ko.IsModule(file) && slices.Contains(names, ko.Name(file)) {
			return path.Base(file)
		}
		return ""
	}
}

// fetchModules makes sure that the package of the kernel's own modules is in the
// cache. There is no other one that would do: modules fit one build of a kernel.
func (p *Provider) fetchModules(ctx context.Context, pin catalogue.Pin) error {
	gone := &fault.Error{Owner: fault.Archive, What: "the archive does not have the modules of " + pin.Release, Where: pin.Suite,
		Hint: "take a kernel that it has whole: " + fault.Command("kernels:points") + ", or after " + fault.Command("kernels:update") + " the newest"}
	if pin.Modules == (catalogue.Package{}) {
		gone.Err = fmt.Errorf("no package %s%s, version %s", modulesPackage, pin.Release, pin.Version)
		return gone
	}
	err := p.fetch(ctx, catalogue.Pin{Name: "the modules of " + pin.Release, Arch: pin.Arch, Suite: pin.Suite, Release: pin.Release, Version: pin.Version,
		Packages: []catalogue.Package{pin.Modules}})
	if isGone(err) {
		gone.Err = err
		return gone
	}
	return err
}
