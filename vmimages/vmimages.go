// SPDX-License-Identifier: GPL-2.0-only

// Package vmimages has what VMs are made of: kernels, of the archive and of the
// user's own, and what they boot into.
//
// Which kernels there are is data in this folder, compiled in: catalogue.toml
// names the series and where they come from, kernels.lock the exact packages,
// debug.config what is switched on in kernels that are built here.
package vmimages

import (
	"context"
	"embed"

	"kmodlab/internal/cache"
	"kmodlab/internal/kernel"
	"kmodlab/vmimages/internal/catalogue"
	"kmodlab/vmimages/internal/debian"
	"kmodlab/vmimages/internal/initramfs"
	"kmodlab/vmimages/internal/tree"
)

//go:embed catalogue.toml
var catalogueText []byte

//go:embed kernels.lock
var lockText []byte

// configs has the configurations of the kernels that are built here.
//
//go:embed *.config
var configs embed.FS

// LockFile is where the lock stands in the repository.
const LockFile = catalogue.LockFile

// Catalogue is what catalogue.toml says; a Choice names one kernel of it, and the
// Lock the packages that are one.
type (
	Catalogue = catalogue.Catalogue
	Choice    = catalogue.Choice
	Lock      = catalogue.Lock
)

// Load returns the catalogue that is compiled in.
func Load() (*Catalogue, error) { return catalogue.Parse(catalogueText) }

// ParseCatalogue reads a catalogue in TOML. A key that means nothing there is an
// error.
func ParseCatalogue(text []byte) (*Catalogue, error) { return catalogue.Parse(text) }

// LoadLock returns the lock that is compiled in.
func LoadLock() (*Lock, error) { return catalogue.ParseLock(lockText) }

// Archive provides the kernels of Debian's archive, and the emulators that they
// are booted in; CoreSources are the sources of a series, without its drivers; a Row
// is a kernel in a list of them.
type (
	Archive     = debian.Provider
	Emulator    = debian.Emulator
	Row         = debian.Row
	CoreSources = debian.Sources
)

// EnvMirror names, in the environment, the mirror of the archive.
const EnvMirror = debian.EnvMirror

// NewArchive returns the archive's kernels: those that the lock names, or, unless
// locked, others where it names none. They are kept in c.
func NewArchive(c *cache.Cache, cat *Catalogue, lock *Lock, locked bool) *Archive {
	return debian.New(c, cat, lock, debian.Options{Locked: locked, Configs: configs})
}

// Own returns a kernel of the user's own: a tree that was built, or headers, in
// the folder dir, and its image, "" for the one that was built there. What is wrong
// with it, its Get tells.
func Own(c *cache.Cache, dir, image string) kernel.Source {
	return tree.Place{Dir: dir, Image: image}.Source(c)
}

// Host returns the kernel that this machine runs. Its files are read, never run
// here.
func Host(c *cache.Cache) kernel.Source { return tree.Host(c) }

// Image is an initramfs in the cache.
type Image = initramfs.Image

// Initramfs returns what VMs of the kernel boot into, built from the project's
// sources in the folder root. Errors are a [fault.Error] where the user can help.
func Initramfs(ctx context.Context, c *cache.Cache, root string, k *kernel.Kernel) (Image, error) {
	return initramfs.Build(ctx, c, root, k)
}
