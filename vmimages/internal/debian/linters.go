// SPDX-License-Identifier: GPL-2.0-only

package debian

import (
	"context"
	"path/filepath"
	"strings"

	"kmodlab/internal/step"
	"kmodlab/vmimages/internal/catalogue"
)

// Linters are the programs that judge the sources of modules. They come from
// the archive, as compilers do, so that they say the same on every machine.
type Linters struct {
	Dir        string // holds all of them
	Sparse     string // path of the program
	Checkpatch string // path of the script, which perl runs; its lists are beside it
}

// checkpatchFiles are what checkpatch needs of a kernel's folder scripts.
var checkpatchFiles = []string{"checkpatch.pl", "const_structs.checkpatch", "spelling.txt"}

// Linters returns the linters, fetched and unpacked if need be.
func (p *Provider) Linters(ctx context.Context) (Linters, error) {
	var dir string
	err := p.obtain(ctx, toolchainTarget(p, p.catalogue.Linters), func(pin catalogue.Pin) error {
		in := p.lintersInputs(pin)
		var err error
		dir, err = p.cache.Dir(ctx, in, func(ctx context.Context, tmp string) error {
			return p.buildLinters(ctx, pin, tmp, p.place(in))
		})
		return err
	})
	return Linters{Dir: dir, Sparse: filepath.Join(dir, "usr/bin/sparse"), Checkpatch: filepath.Join(dir, "scripts/checkpatch.pl")},
		owned(ctx, err, "cannot make the linters")
}

// buildLinters makes in tmp the tree that will be used as final.
func (p *Provider) buildLinters(ctx context.Context, pin catalogue.Pin, tmp, final string) error {
	if err := p.fetch(ctx, pin); err != nil {
		return err
	}
	s := step.Start(ctx, "unpack the linters")
	for _, pkg := range pin.Packages {
		if err := unpack(ctx, p.deb(pkg), tmp, lintersPlace); err != nil {
			return s.End(err)
		}
	}
	if err := wrap(filepath.Join(tmp, "usr/bin"), final, tmp); err != nil {
		return s.End(err)
	}
	return s.End(unpackCheckpatch(ctx, tmp))
}

// lintersPlace keeps sparse, the C library and the archive of the kernel's
// sources.
func lintersPlace(name string) string {
	if name == "usr/bin/sparse" || strings.HasPrefix(name, libDir+"/") {
		return name
	}
	return sourceArchive(name)
}

// unpackCheckpatch replaces the archive of the kernel's sources in dir by the
// few files of it that checkpatch is.
func unpackCheckpatch(ctx context.Context, dir string) error {
	if err := unpackSources(ctx, dir, checkpatchPlace); err != nil {
		return err
	}
	for _, name := range checkpatchFiles {
		if err := present(dir, "scripts/"+name); err != nil {
			return err
		}
	}
	return nil
}

// checkpatchPlace puts checkpatch's files into the folder scripts.
func checkpatchPlace(name string) string {
	_, rest, _ := strings.Cut(name, "/")
	for _, file := range checkpatchFiles {
		if rest == "scripts/"+file {
			return rest
		}
	}
	return ""
}
