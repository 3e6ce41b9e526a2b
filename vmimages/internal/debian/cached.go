// SPDX-License-Identifier: GPL-2.0-only

package debian

import (
	"context"
	"path/filepath"
	"slices"
	"strings"

	"kmodlab/vmimages/internal/catalogue"
)

// Headers are those of a kernel that is in the cache, whether or not anything
// still names it.
type Headers struct {
	Name    string // how a person calls the kernel
	Release string // what uname -r says in it
	Arch    string
	Dir     string // as make -C takes it
}

// CachedHeaders returns the headers of every kernel in the cache, each release
// once, oldest first. It asks no archive.
func (p *Provider) CachedHeaders(ctx context.Context) ([]Headers, error) {
	rows, err := p.List(ctx)
	if err != nil {
		return nil, err
	}
	listed := map[string]string{}
	for _, row := range rows {
		listed[row.Release] = row.Name
	}
	var found []string
	for _, kind := range []string{kindKernel, kindBuilt} {
		some, err := filepath.Glob(filepath.Join(p.cache.Root(), kind, "*", headersDir("*"), "Module.symvers"))
		if err != nil {
			return nil, err
		}
		found = append(found, some...)
	}
	var all []Headers
	for _, symvers := range found {
		dir := filepath.Dir(symvers)
		release := strings.TrimPrefix(filepath.Base(dir), filepath.Base(headersDir("")))
		if slices.ContainsFunc(all, func(h Headers) bool { return h.Release == release }) {
			continue // prepared twice, with another recipe or toolchain
		}
		if ch, ok := p.choiceOf(release); ok {
			name := p.catalogue.Name(ch)
			if row, ok := listed[release]; ok {
				name = row
			}
			all = append(all, Headers{name, release, ch.Arch, dir})
		}
	}
	slices.SortFunc(all, func(a, b Headers) int { return compare(a.Release, b.Release) })
	return all, nil
}

// choiceOf takes a release apart: it is ABI-amd64 or ABI-FLAVOUR-amd64.
func (p *Provider) choiceOf(release string) (catalogue.Choice, bool) {
	for _, arch := range p.catalogue.Arches() {
		abi, ok := strings.CutSuffix(release, "-"+arch)
		if !ok {
			continue
		}
		for _, flavour := range p.flavours() {
			if short, ok := strings.CutSuffix(abi, "-"+flavour); ok {
				return catalogue.Choice{ABI: short, Flavour: flavour, Arch: arch}, true
			}
		}
		return catalogue.Choice{ABI: abi, Flavour: arch, Arch: arch}, true
	}
	return catalogue.Choice{}, false
}

// flavours returns those that kernels have in their names.
func (p *Provider) flavours() []string {
	all := slices.Clone(p.catalogue.Flavours)
	for _, b := range p.catalogue.Built {
		all = append(all, b.Flavour)
	}
	return all
}
