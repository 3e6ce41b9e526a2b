// SPDX-License-Identifier: GPL-2.0-only

package foreign

import (
	"context"
	"os"
	"path/filepath"

	"kmodlab/harness/internal/kbuild"
	"kmodlab/internal/cache"
	"kmodlab/internal/fault"
	"kmodlab/internal/kernel"
)

// recipe changes whenever this package builds differently from the same input.
const recipe = "3"

const kindForeign = "foreign"

// inputs are those of the folder's modules for k.
func (f *Folder) inputs(ctx context.Context, c *cache.Cache, k *kernel.Kernel) (*cache.Inputs, error) {
	target, err := kbuild.Target(ctx, c, k)
	if err != nil {
		return nil, err
	}
	inside, err := filepath.Rel(f.Root, f.Dir)
	if err != nil {
		return nil, err
	}
	options, err := os.ReadFile(k.Config)
	if err != nil {
		return nil, err
	}
	return cache.NewInputs(kindForeign).Add("recipe", recipe).Join(target).
		Add("version", k.Version).Sum("configuration", options). // which a dkms.conf may ask for
		Add("folder", filepath.Base(f.Root)).Add("inside", inside).Add("contents", f.Digest), nil
}

// unchanged makes sure that what was built against is still what in says.
func (f *Folder) unchanged(ctx context.Context, c *cache.Cache, k *kernel.Kernel, in *cache.Inputs) error {
	now, err := f.inputs(ctx, c, k)
	if err == nil && now.Key() != in.Key() {
		err = &fault.Error{Owner: fault.Kernel, What: "the kernel's headers were edited while modules were built with them", Where: k.Headers, Hint: "run again when they stay as they are"}
	}
	return err
}
