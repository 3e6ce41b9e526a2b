// SPDX-License-Identifier: GPL-2.0-only

package debian

import (
	"context"
	"debug/elf"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"kmodlab/vmimages/internal/catalogue"
)

func emulatorTarget(p *Provider, e catalogue.Emulator) target {
	host := p.catalogue.Host
	t := target{name: e.Name, arch: host, suite: e.Suite, among: slices.Concat([]string{e.Program}, e.Packages, e.Firmware),
		keep: func(name string) bool { return slices.Contains(e.Packages, name) || isLibrary(name) }}
	t.pin, t.pinned = p.lock.Emulator(e.Name, host)
	t.choose = func(all []entry) (catalogue.Pin, error) { return chooseEmulator(all, e, host) }
	t.sift = func(ctx context.Context, pin catalogue.Pin) (catalogue.Pin, error) {
		return p.siftEmulator(ctx, e, pin)
	}
	return t
}

// isLibrary accepts the names of packages of libraries.
func isLibrary(name string) bool { return strings.HasPrefix(name, "lib") || name == "zlib1g" }

// chooseEmulator picks the newest version of every package of e, and of every
// library that they say they depend on, or that one of these does. That is more
// than is needed: it is also what their scripts and modules want.
func chooseEmulator(all []entry, e catalogue.Emulator, host string) (catalogue.Pin, error) {
	newest := map[string]entry{}
	for _, one := range all {
		best, ok := newest[one.Name]
		if (one.Arch == host || one.Arch == "all") && (!ok || compare(one.Version, best.Version) > 0) {
			newest[one.Name] = one
		}
	}
	pin := catalogue.Pin{Name: e.Name, Arch: host, Suite: e.Suite, Version: newest[e.Packages[0]].Version}
	seen := map[string]bool{}
	for queue := slices.Clone(e.Packages); len(queue) > 0; queue = queue[1:] {
		name := queue[0]
		one, ok := newest[name]
		switch wanted := slices.Contains(e.Packages, name); {
		case seen[name]:
			continue
		case !ok && wanted:
			return pin, fmt.Errorf("no package %s, which emulator %s needs", name, e.Name)
		case !ok, !wanted && !isLibrary(name):
			continue // if it is missed after all, [needed] tells
		}
		seen[name] = true
		pin.Packages = append(pin.Packages, one.Package)
		queue = append(queue, one.depends...)
	}
	slices.SortFunc(pin.Packages, func(a, b catalogue.Package) int { return strings.Compare(a.Name, b.Name) })
	return pin, nil
}

// siftEmulator fetches the packages of the pin and returns it with those that hold
// something that the emulator needs.
func (p *Provider) siftEmulator(ctx context.Context, e catalogue.Emulator, pin catalogue.Pin) (catalogue.Pin, error) {
	if err := p.fetch(ctx, pin); err != nil {
		return pin, err
	}
	dir, remove, err := p.cache.Temp(ctx, "emulator")
	if err != nil {
		return pin, err
	}
	defer remove()
	from, err := p.unpackEmulator(ctx, e, pin, dir)
	if err != nil {
		return pin, err
	}
	need, err := needed(dir, e)
	if err != nil {
		return pin, err
	}
	wanted := map[catalogue.Package]bool{}
	for name := range need {
		wanted[from[name]] = true
	}
	pin.Packages = slices.DeleteFunc(slices.Clone(pin.Packages), func(pkg catalogue.Package) bool { return !wanted[pkg] })
	return pin, nil
}

// needed returns the names of the files in the folder dir that the emulator is made
// of: program, loader, firmware, and all libraries that are linked to these or to
// one another, with the links that lead to them. What the packages do not bring is
// an error: the loader would take it from the machine, which may have another one
// or none.
func needed(dir string, e catalogue.Emulator) (map[string]bool, error) {
	if err := present(dir, parts(e)...); err != nil {
		return nil, fmt.Errorf("no package brings it: %w", err)
	}
	need := map[string]bool{}
	for _, name := range parts(e) {
		need[name] = true
	}
	for queue := []string{programOf(e), loader}; len(queue) > 0; queue = queue[1:] {
		next, err := linked(dir, queue[0])
		if err != nil {
			return nil, err
		}
		for _, name := range next {
			if _, err := os.Lstat(filepath.Join(dir, name)); err != nil {
				return nil, fmt.Errorf("%s needs %s, which no package brings: %w", filepath.Base(queue[0]), filepath.Base(name), err)
			}
			if !need[name] {
				need[name] = true
				queue = append(queue, name)
			}
		}
	}
	return need, nil
}

// linked returns the names of the files in dir that the file called name leads to:
// a link to its target, an ELF file to its libraries.
func linked(dir, name string) ([]string, error) {
	file := filepath.Join(dir, name)
	if target, err := os.Readlink(file); err == nil {
		return []string{filepath.Join(filepath.Dir(name), target)}, nil
	}
	f, err := elf.Open(file)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", filepath.Base(name), err)
	}
	defer f.Close()
	libraries, err := f.ImportedLibraries()
	if err != nil {
		return nil, fmt.Errorf("%s: %w", filepath.Base(name), err)
	}
	for i, library := range libraries {
		libraries[i] = filepath.Join(libDir, library)
	}
	return libraries, nil
}
