// SPDX-License-Identifier: GPL-2.0-only

package harness

import (
	"kmodlab/internal/cache"
	"kmodlab/internal/kernel"
)

// symbolsRecipe changes when the symbols of the same kernel are asked for, or
// written down, in another way.
const symbolsRecipe = "2"

// symbolsInputs are those of a kernel's symbols. Their addresses are those of the
// image, since every VM runs it where it was linked to (nokaslr); those of
// modules are left out.
func symbolsInputs(k *kernel.Kernel) *cache.Inputs {
	return cache.NewInputs("symbols").Add("recipe", symbolsRecipe).Add("image", k.Digest).Add("architecture", k.Arch)
}
