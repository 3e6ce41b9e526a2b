// SPDX-License-Identifier: GPL-2.0-only

package tree

import (
	"os"
	"path/filepath"
	"slices"
	"testing"

	"kmodlab/internal/cache"
	"kmodlab/internal/cache/cachetest"
	"kmodlab/vmimages/internal/image"
)

type own struct {
	digest  string
	drivers []image.Driver
}

func TestImageInputs(t *testing.T) {
	type changes = map[string]func(*testing.T, *own)
	cachetest.Table[*own]{Kind: kindImage,
		New: func(*testing.T) *own {
			return &own{"d", []image.Driver{{Name: "virtio.ko", Data: []byte("1")}, {Name: "virtio_pci.ko", Data: []byte("2")}}}
		},
		Inputs: func(_ *testing.T, o *own) *cache.Inputs { return imageInputs(o.digest, o.drivers) },
		Other: changes{
			"image":    func(_ *testing.T, o *own) { o.digest = "e" },
			"driver":   func(_ *testing.T, o *own) { o.drivers[0].Data = []byte("3") },
			"its name": func(_ *testing.T, o *own) { o.drivers[0].Name = "a.ko" },
			"order":    func(_ *testing.T, o *own) { slices.Reverse(o.drivers) },
			"one less": func(_ *testing.T, o *own) { o.drivers = o.drivers[:1] },
			"contents the other way round": func(_ *testing.T, o *own) {
				o.drivers[0].Data, o.drivers[1].Data = o.drivers[1].Data, o.drivers[0].Data
			},
		},
		Same: changes{"HOME and the folder": func(t *testing.T, _ *own) { t.Setenv("HOME", t.TempDir()); t.Chdir(t.TempDir()) }},
	}.Run(t)
}

// tool is a machine with a compiler.
type tool struct {
	bin, version, compiler string
	llvm                   bool
}

// TestToolchainID has a compiler and binutils of the test's own in PATH.
func TestToolchainID(t *testing.T) {
	replace := func(name string) func(*testing.T, *tool) {
		return func(t *testing.T, tl *tool) { write(t, filepath.Join(tl.bin, name), "another") }
	}
	cachetest.Table[*tool]{Kind: "compiler",
		New: func(t *testing.T) *tool {
			tl := &tool{t.TempDir(), "gcc (me) 1.2", "gcc", false}
			for _, name := range []string{"gcc", "gcc-2", "as", "ld", "objcopy", "pahole", "other"} {
				write(t, filepath.Join(tl.bin, name), "#!")
				if err := os.Chmod(filepath.Join(tl.bin, name), 0o755); err != nil {
					t.Fatal(err)
				}
			}
			t.Setenv("PATH", tl.bin)
			return tl
		},
		Inputs: func(_ *testing.T, tl *tool) *cache.Inputs {
			return cache.NewInputs("compiler").Add("id", toolchainID(tl.version, tl.compiler, tl.llvm))
		},
		Other: map[string]func(*testing.T, *tool){
			"version":    func(_ *testing.T, tl *tool) { tl.version = "gcc (me) 1.3" },
			"compiler":   func(_ *testing.T, tl *tool) { tl.compiler = "gcc-2" },
			"built anew": replace("gcc"),
			"assembler":  replace("as"),
			"linker":     replace("ld"),
			"objcopy":    replace("objcopy"),
			"pahole":     replace("pahole"),
			"no pahole":  func(_ *testing.T, tl *tool) { os.Remove(filepath.Join(tl.bin, "pahole")) },
			"LLVM's own": func(_ *testing.T, tl *tool) { tl.llvm = true },
			"elsewhere":  func(t *testing.T, tl *tool) { os.Rename(tl.bin, tl.bin+"2"); t.Setenv("PATH", tl.bin+"2") },
		},
		Same: map[string]func(*testing.T, *tool){"another program": replace("other")},
	}.Run(t)
}
