// SPDX-License-Identifier: GPL-2.0-only

package debian

import (
	"kmodlab/internal/cache"
	"kmodlab/vmimages/internal/catalogue"
	"kmodlab/vmimages/internal/compile"
)

// These change when the way to make an entry of the cache does.
const (
	kernelRecipe    = "4"
	toolchainRecipe = "3"
	lintersRecipe   = "1"
	sourcesRecipe   = "1"
	emulatorRecipe  = "1"
	choiceRecipe    = "2"
	ownRecipe       = "1"
	builderRecipe   = "1"
	builtRecipe     = "2"
)

// The kinds of the cache entries.
const (
	kindDeb       = "deb"
	kindKernel    = "kernel"
	kindOwn       = "own"
	kindBuilt     = "built"
	kindToolchain = "toolchain"
	kindBuilder   = "builder"
	kindSite      = "building"
	kindLinters   = "linters"
	kindSources   = "core"
	kindEmulator  = "emulator"
	kindChosen    = "chosen"
	kindApt       = "apt"
)

// debInputs are those of a package: its content.
func debInputs(pkg catalogue.Package) *cache.Inputs { return cache.Named(kindDeb, pkg.SHA256) }

// kernelInputs are those of a prepared kernel. The folder of the toolchain,
// which the programs of Kbuild run with, is in it, and so is that of the cache,
// which the headers name.
func (p *Provider) kernelInputs(pin catalogue.Pin, toolchain string) *cache.Inputs {
	return cache.NewInputs(kindKernel).Add("recipe", kernelRecipe).Add("release", pin.Release).Add("architecture", pin.Arch).
		List("packages", pin.Digests()).Add("place of the toolchain", toolchain).Add("place of the cache", p.cache.Root())
}

// ownInputs are those of one of a kernel's own modules.
func ownInputs(pin catalogue.Pin, name string) *cache.Inputs {
	return cache.NewInputs(kindOwn).Add("recipe", ownRecipe).Add("release", pin.Release).Add("package", pin.Modules.SHA256).Add("module", name)
}

// builtInputs are those of a kernel that is built here. The folder of the
// toolchain, which the programs of Kbuild run with, is in it.
func (p *Provider) builtInputs(of plan) *cache.Inputs {
	return contentsOf(of).Add("place of the toolchain", of.modules)
}

// builtKey names the contents of a kernel that is built here, but for the names of
// the folders in them.
func builtKey(of plan) string { return contentsOf(of).Key() }

func contentsOf(of plan) *cache.Inputs {
	return cache.NewInputs(kindBuilt).Add("recipe", builtRecipe).Add("release", of.sources.Release).Add("architecture", of.sources.Arch).
		List("packages of the sources", of.sources.Digests()).Sum("configuration", []byte(compile.Text(of.options))).
		Add("compiler", of.with.CC).List("packages of the toolchain", of.with.pin.Digests())
}

// siteInputs are those of a folder in which a kernel is built. The configuration
// is not among them: when it changes, Kbuild knows what to compile anew. The
// folder of the cache is in the objects.
func (p *Provider) siteInputs(of plan) *cache.Inputs {
	return cache.NewInputs(kindSite).Add("recipe", builtRecipe).Add("architecture", of.sources.Arch).List("packages of the sources", of.sources.Digests()).
		Add("compiler", of.with.CC).List("packages of the toolchain", of.with.pin.Digests()).Add("place of the cache", p.cache.Root())
}

// builderInputs are those of the tree of what builds kernels. The folder of the
// cache is in it, which its scripts name.
func (p *Provider) builderInputs(pin catalogue.Pin) *cache.Inputs {
	return cache.NewInputs(kindBuilder).Add("recipe", builderRecipe).List("packages", pin.Digests()).Add("place of the cache", p.cache.Root())
}

// headersKey names the contents of the headers of a prepared kernel, but for the
// names of the folders in them: modules are the same wherever the cache is.
func headersKey(pin catalogue.Pin) string {
	return cache.Key(append([]string{kernelRecipe, pin.Release, pin.Arch}, pin.Digests()...)...)
}

// toolchainInputs are those of a toolchain's tree. The folder of the cache is in
// it, which its scripts name.
func (p *Provider) toolchainInputs(pin catalogue.Pin) *cache.Inputs {
	return cache.NewInputs(kindToolchain).Add("recipe", toolchainRecipe).List("packages", pin.Digests()).Add("place of the cache", p.cache.Root())
}

// lintersInputs are those of sparse and checkpatch. The folder of the cache is in
// them, which their scripts name.
func (p *Provider) lintersInputs(pin catalogue.Pin) *cache.Inputs {
	return cache.NewInputs(kindLinters).Add("recipe", lintersRecipe).List("packages", pin.Digests()).Add("place of the cache", p.cache.Root())
}

// sourcesInputs are those of the sources of a kernel's core, which are in folders.
func sourcesInputs(pin catalogue.Pin, folders []string) *cache.Inputs {
	return cache.NewInputs(kindSources).Add("recipe", sourcesRecipe).List("packages", pin.Digests()).List("folders", folders)
}

// emulatorInputs are those of a QEMU. It may be moved: who runs it says where it is.
func emulatorInputs(e catalogue.Emulator, pin catalogue.Pin) *cache.Inputs {
	return cache.NewInputs(kindEmulator).Add("recipe", emulatorRecipe).List("packages", pin.Digests()).Add("program", e.Program).List("firmware", e.Firmware)
}

// toolchainID names what a toolchain does, wherever it is.
func toolchainID(t catalogue.Toolchain, pin catalogue.Pin) string {
	return t.Name + " " + pin.Version + " " + cache.Key(append([]string{toolchainRecipe}, pin.Digests()...)...)[:16]
}

// choiceInputs are those of a choice among what the archive has. What it has is
// not among them: a choice is remembered so that it need not be asked again.
func choiceInputs(t target) *cache.Inputs {
	return cache.NewInputs(kindChosen).Add("recipe", choiceRecipe).Add("name", t.name).Add("architecture", t.arch).Add("suite", t.suite).
		List("among", t.among).List("pinned", t.pin.Digests())
}

// indexInputs are those of the index of a suite, as apt has it in the root.
func (r root) indexInputs() *cache.Inputs {
	return cache.NewInputs(kindApt).Add("suite", r.suite).Add("site", r.site).List("architectures", r.arches).Sum("keys", []byte(r.keys))
}
