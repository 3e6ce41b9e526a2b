// SPDX-License-Identifier: GPL-2.0-only

package debian

import (
	"context"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"kmodlab/internal/fault"
	"kmodlab/internal/step"
	"kmodlab/vmimages/internal/catalogue"
)

// Emulator is a QEMU in the cache. It runs with the loader, the libraries and the
// firmware that came with it, whatever the machine has.
type Emulator struct {
	Dir     string   // holds all of it
	Command []string // what its command line begins with
	Version string   // Debian's, of its package
	ID      string   // names its contents
}

// Emulator returns the QEMU for VMs of arch, fetched and unpacked if need be.
// Errors are a [fault.Error], of the archive where it cannot be had.
func (p *Provider) Emulator(ctx context.Context, arch string) (Emulator, error) {
	e, ok := p.catalogue.Emulator(arch)
	if !ok {
		return Emulator{}, noEmulator(arch)
	}
	var made Emulator
	err := p.obtain(ctx, emulatorTarget(p, e), func(pin catalogue.Pin) error {
		build := func(ctx context.Context, tmp string) error { return p.buildEmulator(ctx, e, pin, tmp) }
		check := func(dir string) error { return present(dir, parts(e)...) }
		dir, err := p.cache.Verified(ctx, emulatorInputs(e, pin), build, check, func(bad error) {
			step.Note(ctx, "%s in the cache is damaged (%v): making it again", e.Name, bad)
		})
		made = emulatorIn(dir, e, pin)
		return err
	})
	return made, owned(ctx, err, "cannot make the emulator "+e.Name)
}

// CachedEmulator returns the QEMU that VMs of arch run in by what is known without
// the archive, and whether it is in the cache. Without it there is no more to it
// than its version, which is empty where nothing is pinned.
func (p *Provider) CachedEmulator(arch string) (Emulator, bool) {
	e, ok := p.catalogue.Emulator(arch)
	if !ok {
		return Emulator{}, false
	}
	pin, ok := p.current(emulatorTarget(p, e))
	if !ok {
		return Emulator{}, false
	}
	in := emulatorInputs(e, pin)
	dir, made := p.cache.Lookup(in.Kind(), in.Key())
	if !made || present(dir, parts(e)...) != nil {
		return Emulator{Version: pin.Version}, false
	}
	return emulatorIn(dir, e, pin), true
}

func noEmulator(arch string) error {
	return &fault.Error{Owner: fault.Usage, What: fmt.Sprintf("there are no VMs of the architecture %q", arch)}
}

// emulatorIn describes the emulator in the folder dir. Behind a loader it would be
// called as that is, so it is told its name.
func emulatorIn(dir string, e catalogue.Emulator, pin catalogue.Pin) Emulator {
	return Emulator{Dir: dir, Version: pin.Version, ID: e.Name + " " + pin.Version + " " + emulatorInputs(e, pin).Key()[:16],
		Command: []string{filepath.Join(dir, loader), "--inhibit-cache", "--library-path", filepath.Join(dir, libDir), "--argv0", e.Program,
			filepath.Join(dir, programOf(e)), "-L", filepath.Join(dir, firmwareDir), "-name", "process=" + e.Program}}
}

// firmwareDir is where an emulator keeps what its board begins with.
const firmwareDir = "firmware"

func programOf(e catalogue.Emulator) string { return "usr/bin/" + e.Program }

// parts are the files that an emulator is nothing without.
func parts(e catalogue.Emulator) []string {
	files := []string{programOf(e), loader}
	for _, name := range e.Firmware {
		files = append(files, firmwareDir+"/"+name)
	}
	return files
}

// buildEmulator makes the emulator in tmp: what the packages have of it, less the
// libraries that it does not need.
func (p *Provider) buildEmulator(ctx context.Context, e catalogue.Emulator, pin catalogue.Pin, tmp string) error {
	if err := p.fetch(ctx, pin); err != nil {
		return err
	}
	s := step.Start(ctx, "unpack the emulator %s", pin.Name)
	from, err := p.unpackEmulator(ctx, e, pin, tmp)
	if err != nil {
		return s.End(err)
	}
	need, err := needed(tmp, e)
	if err != nil {
		return s.End(err)
	}
	for name := range from {
		if !need[name] {
			if err := os.Remove(filepath.Join(tmp, name)); err != nil {
				return s.End(err)
			}
		}
	}
	return s.End(nil)
}

// unpackEmulator puts into dir what the packages have that an emulator may need.
// It returns which package each file is from.
func (p *Provider) unpackEmulator(ctx context.Context, e catalogue.Emulator, pin catalogue.Pin, dir string) (map[string]catalogue.Package, error) {
	from := map[string]catalogue.Package{}
	for _, pkg := range pin.Packages {
		err := unpack(ctx, p.deb(pkg), dir, func(name string) string {
			if name = emulatorPlace(e, name); name != "" {
				from[name] = pkg
			}
			return name
		})
		if err != nil {
			return nil, err
		}
	}
	return from, nil
}

// emulatorPlace keeps program, firmware and libraries. QEMU has modules beside
// them, for sound, screens and USB; VMs have none of these.
func emulatorPlace(e catalogue.Emulator, name string) string {
	dir, base := path.Split(name)
	switch {
	case name == programOf(e), dir == libDir+"/" && strings.Contains(base, ".so"):
		return name
	case strings.HasPrefix(dir, "usr/share/") && slices.Contains(e.Firmware, base):
		return firmwareDir + "/" + base
	}
	return ""
}
