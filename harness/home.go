// SPDX-License-Identifier: GPL-2.0-only

package harness

import (
	"context"
	"io/fs"
	"path/filepath"

	"kmodlab/harness/internal/sources"
	"kmodlab/internal/cache"
)

// Home says where everything is that a target works with. Its methods are the
// targets.
type Home struct {
	Sources string // the project's own, which VMs boot into: a checkout, or a copy of what is compiled in
	Lessons string // the modules and scripts that are run
	Dir     string // where the user stands; results are told of by their way from here
	Out     string // where results and logs go
	Version string // of the program, where its sources are no checkout whose state could be asked for
}

// Checkout is the home of a checkout of the project in the folder root, where
// mage runs.
func Checkout(root string) Home {
	if abs, err := filepath.Abs(root); err == nil { // or it is as good as that
		root = abs
	}
	return Home{Sources: root, Lessons: filepath.Join(root, "kmod"), Dir: root, Out: filepath.Join(root, "out")}
}

// Installed is the home of a program that runs in the folder dir, far from its
// sources: those that are compiled in, what, are put into the cache. Results go to
// out, a folder below dir or an absolute path. Its lessons are those that are
// compiled in, too. The error is a [fault.Error] of the host.
func Installed(ctx context.Context, what fs.FS, dir, out, version string) (Home, error) {
	c, err := cache.Open()
	if err != nil {
		return Home{}, err
	}
	from, err := sources.Unpack(ctx, c, what)
	if err != nil {
		return Home{}, err
	}
	if !filepath.IsAbs(out) {
		out = filepath.Join(dir, out)
	}
	return Home{Sources: from, Lessons: filepath.Join(from, "kmod"), Dir: dir, Out: out, Version: version}, nil
}

// outName is how messages call the folder of the results.
func (h Home) outName() string {
	if rel, err := filepath.Rel(h.Dir, h.Out); err == nil && filepath.IsLocal(rel) {
		return rel
	}
	return h.Out
}
