// SPDX-License-Identifier: GPL-2.0-only

package debian

import (
	"context"

	"kmodlab/vmimages"
)

// Row is what a list of kernels shows of one.
type Row struct {
	Series, Flavour string
	Release         string // what uname -r says
	Version         string // of the packages
	Origin          string // the suite
	Test            bool   // whether it is in the default test set
	Default         bool   // whether its flavour is the default one
	Pinned          bool   // whether it is what kernels.lock says
	Cached          bool   // whether it is ready for use, without a network
	Size            int64  // bytes of its packages
	Download        int64  // bytes still to be fetched before its first use, those of its toolchain included
}

// List returns the kernels that are pinned, and those that were chosen on this
// machine, in the order of the catalogue. It asks no archive.
func (p *Provider) List(ctx context.Context) ([]Row, error) {
	var rows []Row
	for _, s := range p.catalogue.Series {
		for i, flavour := range p.catalogue.Flavours {
			if err := ctx.Err(); err != nil {
				return nil, err
			}
			t := kernelTarget(p, s, flavour)
			pin, ok := p.current(t)
			if !ok {
				continue
			}
			row := Row{Series: s.Name, Flavour: flavour, Release: pin.Release, Version: pin.Version, Origin: pin.Suite,
				Test: s.Test, Default: i == 0, Pinned: t.pinned && pin.Release == t.pin.Release && pin.Version == t.pin.Version, Size: pin.Size()}
			p.fillState(&row, s, pin)
			rows = append(rows, row)
		}
	}
	return rows, nil
}

// current returns the packages that the target stands for now, and whether
// there are any without asking the archive.
func (p *Provider) current(t target) (vmimages.Pin, bool) {
	if chosen, ok := p.recall(t); ok && !p.options.Locked {
		return chosen, true
	}
	return t.pin, t.pinned
}

// fillState says what of the kernel is in the cache.
func (p *Provider) fillState(row *Row, s vmimages.Series, pin vmimages.Pin) {
	row.Download = p.notCached(pin)
	tools, ok := p.current(toolchainTarget(p, p.catalogue.Toolchain(s)))
	if !ok {
		return
	}
	dir, made := p.cache.Lookup("toolchain", p.toolchainKey(tools))
	if !made {
		row.Download += p.notCached(tools)
		return
	}
	if _, row.Cached = p.cache.Lookup("kernel", p.kernelKey(pin, tree{dir: dir})); row.Cached {
		row.Download = 0
	}
}

// notCached returns the bytes of those packages that are not in the cache.
func (p *Provider) notCached(pin vmimages.Pin) int64 {
	var size int64
	for _, pkg := range pin.Packages {
		if _, ok := p.cache.Lookup(kindDeb, pkg.SHA256); !ok {
			size += pkg.Size
		}
	}
	return size
}
