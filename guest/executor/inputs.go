// SPDX-License-Identifier: GPL-2.0-only

package executor

import (
	"io/fs"
	"path/filepath"

	"kmodlab/internal/cache"
	"kmodlab/internal/kernel"
)

// recipe changes when the executor is built differently from the same input.
const recipe = "1"

// Inputs are those of the executor for k, which is part of an initramfs.
func Inputs(k *kernel.Kernel) (*cache.Inputs, error) { return inputs(sources, k) }

func inputs(sources fs.FS, k *kernel.Kernel) (*cache.Inputs, error) {
	in := cache.NewInputs("executor").Add("recipe", recipe).Add("architecture", k.Arch).Add("toolchain", k.Toolchain.ID).
		Add("compiler", filepath.Base(compiler(k))).List("environment", k.Toolchain.Env).List("flags", flags)
	err := fs.WalkDir(sources, ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		text, err := fs.ReadFile(sources, path)
		in.Sum("source "+path, text)
		return err
	})
	return in, err
}
