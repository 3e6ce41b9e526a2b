// SPDX-License-Identifier: GPL-2.0-only

// Package kbuild turns a folder of module sources and a kernel into modules.
//
// A build happens in a staging folder in the cache, never in the source tree.
// The staging folder of a kernel is kept, so that make rebuilds only what was
// edited; what it made is cached by the content of everything that went in.
package kbuild

import (
	"cmp"
	"context"
	"errors"
	"os"
	"path/filepath"
	"sort"
	"strings"

	"kmodlab/internal/cache"
	"kmodlab/internal/fault"
	"kmodlab/internal/kernel"
	"kmodlab/internal/step"
)

// Modules are the modules of one build.
type Modules struct {
	Dir   string            // the cache entry that holds them
	Files map[string]string // module name to the path of its .ko without debug information
	Debug map[string]string // module name to the path of its .ko with debug information

	Broken map[string]*Error // folder of src to why it does not build
}

// Build builds the modules in the folders of src for the kernel k. A folder
// that does not build is left out and named in the result's Broken, so that
// one broken module does not keep the others from being tested. When that
// leaves nothing, or nobody can tell which folder is to blame, the error is a
// *[Error]; anything else that fails is a [fault.Error].
//
// With only, no other folders of src than these are built, unless all of them
// have been built already, in a staging folder of their own: for a person who
// waits for one module. A folder that leaves itself out on this kernel, for what
// the kernel does not export, is then nothing at all.
func Build(ctx context.Context, c *cache.Cache, k *kernel.Kernel, src string, only ...string) (*Modules, error) {
	src, err := filepath.Abs(src)
	if err != nil {
		return nil, err
	}
	sources, err := readSources(src)
	if err != nil {
		return nil, err
	}
	target, err := Target(ctx, c, k)
	if err != nil {
		return nil, err
	}
	if len(only) > 0 {
		if m, ok := built(c, modulesInputs(sources, target)); ok {
			return m, nil
		}
		sources = sources.of(only)
	}
	broken := map[string]*Error{}
	for {
		m, err := build(ctx, c, k, sources, target)
		if err == nil {
			m.Broken = broken
			return m, nil
		}
		failed, ok := errors.AsType[*Error](err)
		if !ok {
			return nil, err
		}
		blamed := failed.blame(sources.folders())
		if len(blamed) == 0 || len(blamed) == len(sources.folders()) {
			return nil, err
		}
		for folder, e := range blamed {
			broken[folder] = e
		}
		sources = sources.without(blamed)
	}
}

// built returns the modules that were made from in, when the cache has them.
func built(c *cache.Cache, in *cache.Inputs) (*Modules, bool) {
	dir, ok := c.Lookup(in.Kind(), in.Key())
	if !ok {
		return nil, false
	}
	c.Used(in.Kind(), in.Key())
	m, err := Load(dir)
	return m, err == nil
}

func build(ctx context.Context, c *cache.Cache, k *kernel.Kernel, sources *sources, target *cache.Inputs) (*Modules, error) {
	dir, err := c.Dir(ctx, modulesInputs(sources, target), func(ctx context.Context, tmp string) error {
		s := step.Start(ctx, "build %s for %s", filepath.Base(sources.dir), k.Release)
		return s.End(buildInto(ctx, c, k, sources, target, tmp))
	})
	if err != nil {
		return nil, err
	}
	for _, kind := range []string{kindModules, kindStage, kindProbes} {
		c.Prune(ctx, kind)
	}
	return Load(dir)
}

// buildInto builds the sources in their staging folder, which only one run may
// use at a time, and copies what was made to out.
func buildInto(ctx context.Context, c *cache.Cache, k *kernel.Kernel, sources *sources, target *cache.Inputs, out string) error {
	stage, unlock, err := sources.enter(ctx, c, k)
	if err != nil {
		return err
	}
	defer unlock()
	if err := sources.makeIn(ctx, c, k, stage, target); err != nil {
		return err
	}
	kos, err := ordered(stage)
	if err != nil {
		return err
	}
	if len(kos) == 0 && len(sources.only) == 0 {
		return &fault.Error{Owner: fault.Build, What: "make ended well, but built no module", Where: stage, Hint: "does the folder have a Kbuild file with obj-m?"}
	}
	if err := KeepNotes(k, stage, out); err != nil {
		return err
	}
	return Keep(ctx, k, kos, out)
}

// makeIn brings the folder stage up to date, runs make in it, and says what the
// sources are to blame for.
func (s *sources) makeIn(ctx context.Context, c *cache.Cache, k *kernel.Kernel, stage string, target *cache.Inputs) error {
	if err := s.stage(stage, target); err != nil {
		return err
	}
	output, err := runMake(ctx, c, k, stage, nil)
	err = diagnose(output, err, stage, s.dir)
	if _, broken := errors.AsType[*Error](err); err == nil || broken {
		err = cmp.Or(settled(ctx, c, k, stage, target), err)
	}
	return err
}

// ordered returns the paths of the modules that the make in stage made. The
// file modules.order names the objects in build order; up to 6.1 as .ko, later
// as .o (kernel commit f65a486821cf "kbuild: change module.order to list *.o
// instead of *.ko", 6.2).
func ordered(stage string) ([]string, error) {
	text, err := os.ReadFile(filepath.Join(stage, "modules.order"))
	if err != nil {
		return nil, &fault.Error{Owner: fault.Build, What: "make ended well, but made no list of modules", Where: stage, Err: err, Hint: "does the folder have a Kbuild file with obj-m?"}
	}
	var kos []string
	for _, line := range strings.Fields(string(text)) {
		ko := strings.TrimSuffix(strings.TrimSuffix(line, ".o"), ".ko") + ".ko"
		if !filepath.IsAbs(ko) {
			ko = filepath.Join(stage, ko)
		}
		if _, err := os.Stat(ko); err != nil {
			return nil, &fault.Error{Owner: fault.Build, What: "make ended well, but a module is missing", Where: ko, Err: err}
		}
		kos = append(kos, ko)
	}
	sort.Strings(kos)
	return kos, nil
}

// Load reads back a folder that [Keep] filled, perhaps with nothing.
func Load(dir string) (*Modules, error) {
	m := &Modules{Dir: dir, Files: map[string]string{}, Debug: map[string]string{}}
	kos, err := filepath.Glob(filepath.Join(dir, "*.ko"))
	if err != nil {
		return nil, err
	}
	for _, ko := range kos {
		name := moduleName(ko)
		m.Files[name] = ko
		m.Debug[name] = filepath.Join(dir, "debug", filepath.Base(ko))
	}
	return m, nil
}

// moduleName returns the name of the module in the file at path: dashes are
// underscores in the kernel (KBUILD_MODNAME).
func moduleName(path string) string {
	return strings.ReplaceAll(strings.TrimSuffix(filepath.Base(path), ".ko"), "-", "_")
}
