// SPDX-License-Identifier: GPL-2.0-only

package debian

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"sync"

	"kmodlab/internal/cache"
	"kmodlab/internal/fault"
	"kmodlab/internal/kernel"
	"kmodlab/vmimages/internal/catalogue"
)

// Options say how a provider works.
type Options struct {
	Locked  bool  // take what the lock says or fail: never choose anew
	Configs fs.FS // has the files that the catalogue names as configurations
}

// Provider makes kernels of the catalogue usable. It is safe for use by many
// goroutines, and beside other processes with the same cache.
type Provider struct {
	cache     *cache.Cache
	catalogue *catalogue.Catalogue
	lock      *catalogue.Lock
	options   Options
	keys      string // that sign the archive

	mu      sync.Mutex
	mirrors mirrors // of this machine, once they are known: apt takes a second to tell
}

// New returns a provider that keeps everything in c.
func New(c *cache.Cache, cat *catalogue.Catalogue, lock *catalogue.Lock, o Options) *Provider {
	return &Provider{cache: c, catalogue: cat, lock: lock, options: o, keys: archiveKeys}
}

// Source returns the kernel that the choice names, as something that can be
// had.
func (p *Provider) Source(ch catalogue.Choice) kernel.Source {
	return kernel.Source{Name: p.catalogue.Name(ch), Series: ch.Series, Flavour: ch.Flavour, Arch: ch.Arch, Flags: p.catalogue.Flags(ch),
		Get: func(ctx context.Context) (*kernel.Kernel, error) { return p.kernel(ctx, ch) }}
}

// kernel returns the kernel that the choice names, ready to be built against
// and booted. What is not in the cache is fetched, as steps on ctx. Errors are
// [fault.Error]s of the archive or the host.
func (p *Provider) kernel(ctx context.Context, ch catalogue.Choice) (*kernel.Kernel, error) {
	what := "cannot prepare the kernel " + p.catalogue.Name(ch)
	ch, err := p.located(ctx, ch)
	if err != nil {
		return nil, owned(ctx, err, what)
	}
	tools, ok := p.catalogue.Toolchain(ch.Suite, ch.Arch)
	if !ok {
		return nil, owned(ctx, fmt.Errorf("no toolchain builds %s for %s", ch.Suite, ch.Arch), what)
	}
	t, err := p.toolchain(ctx, tools)
	if err != nil {
		return nil, owned(ctx, err, "cannot make the toolchain "+tools.Name)
	}
	if _, ok := p.catalogue.BuiltAs(ch.Flavour); ok {
		k, err := p.builtKernel(ctx, ch, t)
		return k, owned(ctx, err, what)
	}
	var k *kernel.Kernel
	err = p.obtain(ctx, kernelTarget(p, ch), func(pin catalogue.Pin) error {
		k, err = p.prepared(ctx, ch, pin, t)
		return err
	})
	return k, owned(ctx, err, what)
}

// owned makes a [fault.Error] of an error without an owner: packages are made
// otherwise than this project thinks. A cancelled run stays a cancelled run.
func owned(ctx context.Context, err error, what string) error {
	if _, ok := errors.AsType[*fault.Error](err); ok || err == nil || ctx.Err() != nil {
		return err
	}
	return &fault.Error{Owner: fault.Harness, What: what, Err: err,
		Hint: "this is for kmodlab's authors to mend; " + fault.Command("kernels:update") + " may help if the archive has newer packages"}
}

// withRoot calls use with the apt root of the suite, which no other run uses
// meanwhile. It knows the packages of the host's architecture and of arch.
func (p *Provider) withRoot(ctx context.Context, suite, arch string, use func(root) error) error {
	name, arches := suite, []string{p.catalogue.Host}
	if arch != p.catalogue.Host {
		name, arches = suite+"-"+arch, append(arches, arch)
	}
	unlock, err := p.cache.Lock(ctx, "apt-"+name)
	if err != nil {
		return err
	}
	defer unlock()
	m, err := p.knownMirrors(ctx)
	if err != nil {
		return err
	}
	r := root{dir: filepath.Join(p.cache.Root(), kindApt, name), suite: suite, site: m.of(suite), arches: arches, keys: p.keys}
	if err := r.setUp(ctx); err != nil {
		return err
	}
	return use(r)
}

func (p *Provider) knownMirrors(ctx context.Context) (mirrors, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.mirrors == (mirrors{}) {
		m, err := findMirrors(ctx)
		if err != nil {
			return mirrors{}, err
		}
		p.mirrors = m
	}
	return p.mirrors, nil
}
