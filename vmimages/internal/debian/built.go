// SPDX-License-Identifier: GPL-2.0-only

package debian

import (
	"context"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"kmodlab/internal/fault"
	"kmodlab/internal/kernel"
	"kmodlab/internal/step"
	"kmodlab/vmimages/internal/catalogue"
	"kmodlab/vmimages/internal/compile"
)

// plan is a kernel that is built on this machine: of what, with what, and how it
// is configured.
type plan struct {
	sources catalogue.Pin
	with    builder
	options []compile.Option
	modules string // folder of the toolchain that compiles modules; Kbuild's programs run with it
}

// builtKernel returns the kernel of a flavour that is built here, built if need
// be; modules are compiled for it with t.
func (p *Provider) builtKernel(ctx context.Context, ch catalogue.Choice, t tree) (*kernel.Kernel, error) {
	if err := p.fits(ch); err != nil {
		return nil, err
	}
	with, err := p.builder(ctx, ch, t.dir)
	if err != nil {
		return nil, err
	}
	var k *kernel.Kernel
	err = p.obtain(ctx, kernelTarget(p, ch), func(pin catalogue.Pin) error {
		options, err := p.optionsOf(ch.Flavour, pin)
		if err != nil {
			return err
		}
		k, err = p.built(ctx, ch, plan{pin, with, options, t.dir}, t)
		return err
	})
	return k, err
}

// fits makes sure that the lock pins sources of the release whose image it pins.
// The error is a [fault.Error].
func (p *Provider) fits(ch catalogue.Choice) error {
	image, ok := p.lock.Kernel(ch.Series, p.catalogue.Flavours[0], ch.Arch)
	sources, pinned := p.lock.Kernel(ch.Series, ch.Flavour, ch.Arch)
	if !ok || !pinned || image.Version == sources.Version {
		return nil
	}
	return &fault.Error{Owner: fault.Harness, What: fmt.Sprintf("sources and image of %s are of different versions: %s and %s", ch.Series, sources.Version, image.Version),
		Where: catalogue.LockFile, Hint: "pin both anew: " + fault.Command("kernels:update")}
}

// builder returns what builds the kernels of the suite of ch. Its packages are in
// the cache, unless there is nothing to be built.
func (p *Provider) builder(ctx context.Context, ch catalogue.Choice, modules string) (builder, error) {
	t, ok := p.builderFor(ch)
	if !ok {
		return builder{}, fmt.Errorf("no toolchain builds kernels of %s for %s", ch.Suite, ch.Arch)
	}
	with := builder{Toolchain: t}
	err := p.obtain(ctx, toolchainTarget(p, t), func(pin catalogue.Pin) error {
		with.pin = pin
		if p.isBuilt(ch, with, modules) {
			return nil
		}
		return p.fetch(ctx, pin)
	})
	return with, err
}

func (p *Provider) builderFor(ch catalogue.Choice) (catalogue.Toolchain, bool) {
	t, _ := p.catalogue.Toolchain(ch.Suite, ch.Arch)
	return t.Builder()
}

// isBuilt says whether the kernel is in the cache, as far as can be told without
// asking the archive.
func (p *Provider) isBuilt(ch catalogue.Choice, with builder, modules string) bool {
	pin, ok := p.current(kernelTarget(p, ch))
	if !ok {
		return false
	}
	options, err := p.optionsOf(ch.Flavour, pin)
	if err != nil {
		return false
	}
	in := p.builtInputs(plan{pin, with, options, modules})
	_, ok = p.cache.Lookup(in.Kind(), in.Key())
	return ok
}

// optionsOf reads the configuration of a flavour for the pin's sources.
func (p *Provider) optionsOf(flavour string, pin catalogue.Pin) ([]compile.Option, error) {
	b, ok := p.catalogue.BuiltAs(flavour)
	if !ok {
		return nil, fmt.Errorf("flavour %s is not built here", flavour)
	}
	text, err := fs.ReadFile(p.options.Configs, b.Config)
	if err != nil {
		return nil, err
	}
	return compile.Options("vmimages/"+b.Config, string(text), upstream(pin.Version))
}

// built returns the kernel that is planned, built if need be.
func (p *Provider) built(ctx context.Context, ch catalogue.Choice, of plan, t tree) (*kernel.Kernel, error) {
	pin := of.sources
	in := p.builtInputs(of)
	build := func(ctx context.Context, tmp string) error { return p.build(ctx, of, tmp) }
	final, err := p.cache.Verified(ctx, in, build, checkKernel(pin.Release), func(bad error) {
		step.Note(ctx, "the kernel %s in the cache is damaged (%v): building it again", pin.Release, bad)
	})
	if err != nil {
		return nil, err
	}
	k, _, err := kernelIn(final, ch, pin, t)
	if err != nil {
		return nil, err
	}
	// The kernel goes without, to be small; modules are asked for lines of their sources.
	k.Toolchain.Flags = append(k.Toolchain.Flags, "-g")
	k.HeadersKey = builtKey(of)
	return k, nil
}

// build makes the planned kernel in tmp.
func (p *Provider) build(ctx context.Context, of plan, tmp string) error {
	site, leave, err := p.enter(ctx, of)
	if err != nil {
		return err
	}
	defer leave()
	if err := p.unpackWhole(ctx, of.sources, site.sources()); err != nil {
		return err
	}
	tools, err := p.tools(ctx, of.with)
	if err != nil {
		return err
	}
	job := compile.Job{Release: of.sources.Release, Options: of.options, Sources: site.sources(), Objects: site.objects(), Tools: tools}
	if err := job.Run(ctx); err != nil {
		return err
	}
	if err := takeBuilt(ctx, job, tmp); err != nil {
		return err
	}
	if err := wrap(filepath.Join(tmp, headersDir(job.Release)), of.modules, of.modules); err != nil {
		return err
	}
	return os.RemoveAll(site.dir)
}

// takeBuilt puts into dir what a prepared kernel consists of.
func takeBuilt(ctx context.Context, job compile.Job, dir string) error {
	s := step.Start(ctx, "take the image of %s", job.Release)
	if err := job.Image(ctx, filepath.Join(dir, imageFile)); err != nil {
		return s.End(err)
	}
	if err := job.Headers(filepath.Join(dir, headersDir(job.Release))); err != nil {
		return s.End(err)
	}
	config, err := os.ReadFile(job.Config())
	if err != nil {
		return s.End(err)
	}
	if err := os.WriteFile(filepath.Join(dir, configFile), config, 0o644); err != nil {
		return s.End(err)
	}
	return s.End(writeFacts(dir, nil))
}
