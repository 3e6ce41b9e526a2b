// SPDX-License-Identifier: GPL-2.0-only

package debian

import (
	"context"

	"kmodlab/vmimages/internal/catalogue"
)

// Row is what a list of kernels shows of one.
type Row struct {
	Name     string // how a person calls it
	Choice   catalogue.Choice
	Release  string // what uname -r says
	Version  string // of the packages
	Origin   string // the suite
	Pinned   bool   // whether it is what kernels.lock says
	Cached   bool   // whether it is ready for use, without a network
	Size     int64  // bytes of its packages
	Whole    bool   // whether its own modules come with it
	Modules  int64  // bytes of their package where they do not: it is fetched when one is needed; 0 if the archive has none
	Download int64  // bytes still to be fetched before its first use, those of its toolchain included
}

// List returns the kernels that are pinned, and those that were chosen on this
// machine, in the order of the catalogue. It asks no archive.
func (p *Provider) List(ctx context.Context) ([]Row, error) {
	var rows []Row
	choices, err := p.every()
	if err != nil {
		return nil, err
	}
	for _, ch := range choices {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		t := kernelTarget(p, ch)
		pin, ok := p.current(t)
		if !ok {
			continue
		}
		row := Row{Name: p.catalogue.Name(ch), Choice: ch, Release: pin.Release, Version: pin.Version, Origin: pin.Suite,
			Pinned: t.pinned && pin.Release == t.pin.Release && pin.Version == t.pin.Version, Size: pin.Size(), Whole: !isSplit(pin), Modules: pin.Modules.Size}
		p.fillState(&row, ch, pin)
		rows = append(rows, row)
	}
	return rows, nil
}

// every returns all kernels of the catalogue, those that are built here last.
func (p *Provider) every() ([]catalogue.Choice, error) {
	choices, err := p.catalogue.Select("all", "all", "all")
	for _, b := range p.catalogue.Built {
		if err != nil {
			break
		}
		var built []catalogue.Choice
		built, err = p.catalogue.Select("all", b.Flavour, b.Arch)
		choices = append(choices, built...)
	}
	return choices, err
}

// current returns the packages that the target stands for now, and whether
// there are any without asking the archive.
func (p *Provider) current(t target) (catalogue.Pin, bool) {
	if chosen, ok := p.recall(t); ok && !p.options.Locked {
		return chosen, true
	}
	return t.pin, t.pinned
}

// fillState says what of the kernel is in the cache.
func (p *Provider) fillState(row *Row, ch catalogue.Choice, pin catalogue.Pin) {
	row.Download = p.notCached(pin)
	if _, ok := p.catalogue.BuiltAs(ch.Flavour); ok {
		p.fillBuilt(row, ch)
		return
	}
	wanted, ok := p.catalogue.Toolchain(ch.Suite, ch.Arch)
	if !ok {
		return
	}
	tools, ok := p.current(toolchainTarget(p, wanted))
	if !ok {
		return
	}
	dir, made := p.placeOf(tools)
	if !made {
		row.Download += p.notCached(tools)
		return
	}
	in := p.kernelInputs(pin, dir)
	if _, row.Cached = p.cache.Lookup(in.Kind(), in.Key()); row.Cached {
		row.Download = 0
	}
}

// placeOf returns where the tree of a toolchain is, and whether it is there.
func (p *Provider) placeOf(tools catalogue.Pin) (dir string, made bool) {
	in := p.toolchainInputs(tools)
	return p.cache.Lookup(in.Kind(), in.Key())
}

// moduleTools returns where the toolchain is that compiles modules for ch, and
// whether it is there.
func (p *Provider) moduleTools(ch catalogue.Choice) (dir string, made bool) {
	wanted, _ := p.catalogue.Toolchain(ch.Suite, ch.Arch)
	tools, ok := p.current(toolchainTarget(p, wanted))
	if !ok {
		return "", false
	}
	return p.placeOf(tools)
}

// fillBuilt says of a kernel that is built here what is in the cache.
func (p *Provider) fillBuilt(row *Row, ch catalogue.Choice) {
	wanted, ok := p.builderFor(ch)
	if !ok {
		return
	}
	tools, ok := p.current(toolchainTarget(p, wanted))
	if !ok {
		return
	}
	modules, made := p.moduleTools(ch)
	if row.Cached = made && p.isBuilt(ch, builder{wanted, tools}, modules); row.Cached {
		row.Download = 0
		return
	}
	row.Download += p.notCached(tools) // of which the compiler of modules is a part
}

// notCached returns the bytes of those packages that are not in the cache.
func (p *Provider) notCached(pin catalogue.Pin) int64 {
	var size int64
	for _, pkg := range pin.Packages {
		if _, ok := p.cache.Lookup(kindDeb, pkg.SHA256); !ok {
			size += pkg.Size
		}
	}
	return size
}
