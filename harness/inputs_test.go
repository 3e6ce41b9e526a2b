// SPDX-License-Identifier: GPL-2.0-only

package harness

import (
	"testing"

	"kmodlab/internal/cache"
	"kmodlab/internal/cache/cachetest"
	"kmodlab/internal/kernel"
)

func TestSymbolsInputs(t *testing.T) {
	type changes = map[string]func(*testing.T, *kernel.Kernel)
	cachetest.Table[*kernel.Kernel]{Kind: "symbols",
		New:    func(*testing.T) *kernel.Kernel { return &kernel.Kernel{Digest: "d", Arch: "amd64", Release: "6.12"} },
		Inputs: func(_ *testing.T, k *kernel.Kernel) *cache.Inputs { return symbolsInputs(k) },
		Other: changes{
			"image":        func(_ *testing.T, k *kernel.Kernel) { k.Digest = "e" },
			"architecture": func(_ *testing.T, k *kernel.Kernel) { k.Arch = "arm64" },
		},
		Same: changes{
			"name":                func(_ *testing.T, k *kernel.Kernel) { k.Release = "x" },
			"place":               func(_ *testing.T, k *kernel.Kernel) { k.Image = "/x" },
			"HOME and the folder": func(t *testing.T, _ *kernel.Kernel) { t.Setenv("HOME", t.TempDir()); t.Chdir(t.TempDir()) },
		},
	}.Run(t)
}
