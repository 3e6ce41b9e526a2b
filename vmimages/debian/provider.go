// SPDX-License-Identifier: GPL-2.0-only

package debian

import (
	"context"
	"errors"
	"path/filepath"
	"sync"

	"kmodlab/harness/cache"
	"kmodlab/harness/fault"
	"kmodlab/harness/kernel"
	"kmodlab/vmimages"
)

// Options say how a provider works.
type Options struct {
	Locked bool // take what the lock says or fail: never choose anew
}

// Provider makes kernels of the catalogue usable. It is safe for use by many
// goroutines, and beside other processes with the same cache.
type Provider struct {
	cache     *cache.Cache
	catalogue *vmimages.Catalogue
	lock      *vmimages.Lock
	options   Options
	keyring   string

	mu      sync.Mutex
	mirrors mirrors // of this machine, once they are known: apt takes a second to tell
}

// New returns a provider that keeps everything in c.
func New(c *cache.Cache, catalogue *vmimages.Catalogue, lock *vmimages.Lock, o Options) *Provider {
	return &Provider{cache: c, catalogue: catalogue, lock: lock, options: o, keyring: keyring}
}

// Kernel returns the kernel (series, flavour) ready to be built against and
// booted; flavour "" is the default one. What is not in the cache is fetched,
// as steps on ctx. Errors are [fault.Error]s: of usage for a name that is not
// in the catalogue, of the archive or the host otherwise.
func (p *Provider) Kernel(ctx context.Context, series, flavour string) (*kernel.Kernel, error) {
	s, flavour, err := p.catalogue.Find(series, flavour)
	if err != nil {
		return nil, err
	}
	t, err := p.toolchain(ctx, p.catalogue.Toolchain(s))
	if err != nil {
		return nil, owned(ctx, err, "cannot make the toolchain "+s.Toolchain)
	}
	var k *kernel.Kernel
	err = p.obtain(ctx, kernelTarget(p, s, flavour), func(pin vmimages.Pin) error {
		k, err = p.prepared(ctx, s, flavour, pin, t)
		return err
	})
	return k, owned(ctx, err, "cannot prepare the kernel "+vmimages.KernelName(series, flavour))
}

// owned makes a [fault.Error] of an error without an owner: packages are made
// otherwise than this project thinks. A cancelled run stays a cancelled run.
func owned(ctx context.Context, err error, what string) error {
	if _, ok := errors.AsType[*fault.Error](err); ok || err == nil || ctx.Err() != nil {
		return err
	}
	return &fault.Error{Party: fault.Harness, What: what, Err: err,
		Fix: "this is for kmodlab's authors to mend; go tool mage kernels:update may help if the archive has newer packages"}
}

// withRoot calls use with the apt root of the suite, which no other run uses
// meanwhile.
func (p *Provider) withRoot(ctx context.Context, suite string, use func(root) error) error {
	unlock, err := p.cache.Lock(ctx, "apt-"+suite)
	if err != nil {
		return err
	}
	defer unlock()
	m, err := p.knownMirrors(ctx)
	if err != nil {
		return err
	}
	r := root{dir: filepath.Join(p.cache.Root(), "apt", suite), suite: suite, site: m.of(suite), arch: p.catalogue.Arch, keyring: p.keyring}
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
