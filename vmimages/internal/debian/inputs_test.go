// SPDX-License-Identifier: GPL-2.0-only

package debian

import (
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"kmodlab/internal/cache"
	"kmodlab/internal/cache/cachetest"
	"kmodlab/vmimages/internal/catalogue"
	"kmodlab/vmimages/internal/compile"
)

// wish is what a provider is asked for.
type wish struct {
	provider  *Provider
	pin       catalogue.Pin
	choice    catalogue.Choice
	tools     catalogue.Toolchain
	emulator  catalogue.Emulator
	folders   []string // of a kernel's sources
	toolchain string   // its folder
	root      root
}

func newWish(t *testing.T) *wish {
	cat := *testCatalogue
	pin := catalogue.Pin{Name: "6.1 cloud", Arch: "amd64", Suite: testSuite, Release: "6.1.0-56-cloud-amd64", Version: "6.1.56-1", Packages: []catalogue.Package{
		{Name: "a", Arch: "amd64", Version: "1", Size: 1, SHA256: strings.Repeat("a", 64)}, {Name: "b", Arch: "all", Version: "1", Size: 1, SHA256: strings.Repeat("b", 64)}}}
	lock := &catalogue.Lock{Kernels: []catalogue.Pin{pin}}
	tools := cat.Toolchains[0]
	tools.Packages = slices.Clone(tools.Packages)
	return &wish{New(newCache(t), &cat, lock, Options{}), lock.Kernels[0], choice("cloud"), tools, testEmulator(), []string{"kernel/", "mm/"}, "/cache/toolchain/x",
		root{dir: t.TempDir(), suite: testSuite, site: "http://a/debian", arches: []string{"amd64"}, keys: "k"}}
}

type wishes = map[string]func(*testing.T, *wish)

func of(change func(w *wish)) func(*testing.T, *wish) {
	return func(_ *testing.T, w *wish) { change(w) }
}

// otherPackages are other packages, for all that is made of them.
func otherPackages() wishes {
	return wishes{
		"a package": of(func(w *wish) { w.pin.Packages[1].SHA256 = strings.Repeat("c", 64) }),
		"one less":  of(func(w *wish) { w.pin.Packages = w.pin.Packages[:1] }),
		"one more": of(func(w *wish) {
			w.pin.Packages = append(w.pin.Packages, catalogue.Package{SHA256: strings.Repeat("d", 64)})
		}),
		"order":              of(func(w *wish) { slices.Reverse(w.pin.Packages) }),
		"place of the cache": func(t *testing.T, w *wish) { w.provider.cache = newCache(t) },
	}
}

func sameWish() wishes {
	return wishes{
		"HOME and the folder": func(t *testing.T, _ *wish) { t.Setenv("HOME", t.TempDir()); t.Chdir(t.TempDir()) },
		"locked":              of(func(w *wish) { w.provider.options.Locked = true }),
		"mirror":              of(func(w *wish) { w.provider.mirrors = mirrors{"http://b", "http://c"} }),
	}
}

func with(all wishes, more wishes) wishes {
	for name, change := range more {
		all[name] = change
	}
	return all
}

func TestKernelInputs(t *testing.T) {
	cachetest.Table[*wish]{Kind: kindKernel, New: newWish,
		Inputs: func(_ *testing.T, w *wish) *cache.Inputs { return w.provider.kernelInputs(w.pin, w.toolchain) },
		Other: with(otherPackages(), wishes{
			"release":      of(func(w *wish) { w.pin.Release = "6.1.0-57-cloud-amd64" }),
			"architecture": of(func(w *wish) { w.pin.Arch = "arm64" }),
			"toolchain":    of(func(w *wish) { w.toolchain = "/cache/toolchain/y" }),
		}),
		Same: with(sameWish(), wishes{"suite": of(func(w *wish) { w.pin.Suite = "other" })}),
	}.Run(t)
}

func TestOwnInputs(t *testing.T) {
	table := cachetest.Table[*ownWish]{Kind: kindOwn, New: func(t *testing.T) *ownWish { return &ownWish{newWish(t), "dummy"} },
		Inputs: func(_ *testing.T, w *ownWish) *cache.Inputs { return ownInputs(w.pin, w.module) },
		Other: map[string]func(*testing.T, *ownWish){
			"module":  func(_ *testing.T, w *ownWish) { w.module = "veth" },
			"package": func(_ *testing.T, w *ownWish) { w.pin.Modules.SHA256 = strings.Repeat("c", 64) },
			"release": func(_ *testing.T, w *ownWish) { w.pin.Release = "6.1.0-57-cloud-amd64" },
		},
		Same: map[string]func(*testing.T, *ownWish){
			"the kernel's other packages": func(_ *testing.T, w *ownWish) { w.pin.Packages = nil },
		},
	}
	for name, change := range sameWish() {
		table.Same[name] = func(t *testing.T, w *ownWish) { change(t, w.wish) }
	}
	table.Run(t)
}

// ownWish is for one of a kernel's own modules.
type ownWish struct {
	*wish
	module string
}

func TestToolchainInputs(t *testing.T) {
	cachetest.Table[*wish]{Kind: kindToolchain, New: newWish,
		Inputs: func(_ *testing.T, w *wish) *cache.Inputs { return w.provider.toolchainInputs(w.pin) },
		Other:  otherPackages(),
		Same:   with(sameWish(), wishes{"suite": of(func(w *wish) { w.pin.Suite = "other" })}),
	}.Run(t)
}

func TestLintersInputs(t *testing.T) {
	cachetest.Table[*wish]{Kind: kindLinters, New: newWish,
		Inputs: func(_ *testing.T, w *wish) *cache.Inputs { return w.provider.lintersInputs(w.pin) },
		Other:  otherPackages(),
		Same:   with(sameWish(), wishes{"suite": of(func(w *wish) { w.pin.Suite = "other" })}),
	}.Run(t)
}

func TestSourcesInputs(t *testing.T) {
	others := otherPackages()
	elsewhere := others["place of the cache"]
	delete(others, "place of the cache")
	cachetest.Table[*wish]{Kind: kindSources, New: newWish,
		Inputs: func(_ *testing.T, w *wish) *cache.Inputs { return sourcesInputs(w.pin, w.folders) },
		Other:  with(others, wishes{"folders": of(func(w *wish) { w.folders = w.folders[:1] })}),
		Same:   with(sameWish(), wishes{"suite": of(func(w *wish) { w.pin.Suite = "other" }), "place of the cache": elsewhere}),
	}.Run(t)
}

func TestEmulatorInputs(t *testing.T) {
	others := otherPackages()
	elsewhere := others["place of the cache"] // it may be moved
	delete(others, "place of the cache")
	cachetest.Table[*wish]{Kind: kindEmulator, New: newWish,
		Inputs: func(_ *testing.T, w *wish) *cache.Inputs { return emulatorInputs(w.emulator, w.pin) },
		Other: with(others, wishes{
			"program":     of(func(w *wish) { w.emulator.Program = "qemu-system-i386" }),
			"firmware":    of(func(w *wish) { w.emulator.Firmware[0] = "other.bin" }),
			"no firmware": of(func(w *wish) { w.emulator.Firmware = nil }),
		}),
		Same: with(sameWish(), wishes{"place of the cache": elsewhere, "suite": of(func(w *wish) { w.pin.Suite = "other" })}),
	}.Run(t)
}

// What headers and compilers are called does not depend on where they are.
func TestNamesForModules(t *testing.T) {
	others := otherPackages()
	elsewhere := others["place of the cache"]
	delete(others, "place of the cache")
	table := cachetest.Table[*wish]{Kind: "names", New: newWish,
		Inputs: func(_ *testing.T, w *wish) *cache.Inputs {
			return cache.NewInputs("names").Add("headers", headersKey(w.pin))
		},
		Other: with(others, wishes{
			"release":      of(func(w *wish) { w.pin.Release = "6.1.0-57-cloud-amd64" }),
			"architecture": of(func(w *wish) { w.pin.Arch = "arm64" }),
		}),
		Same: with(sameWish(), wishes{"place of the cache": elsewhere, "toolchain": of(func(w *wish) { w.toolchain = "/y" })}),
	}
	t.Run("headers", table.Run)
	table.Inputs = func(_ *testing.T, w *wish) *cache.Inputs {
		return cache.NewInputs("names").Add("toolchain", toolchainID(w.tools, w.pin))
	}
	for _, name := range []string{"release", "architecture"} {
		delete(table.Other, name)
	}
	table.Other["name"] = of(func(w *wish) { w.tools.Name = "gcc-13" })
	table.Other["version"] = of(func(w *wish) { w.pin.Version = "2" })
	t.Run("toolchain", table.Run)
}

func TestDebInputs(t *testing.T) {
	cachetest.Table[*wish]{Kind: kindDeb, New: newWish,
		Inputs: func(_ *testing.T, w *wish) *cache.Inputs { return debInputs(w.pin.Packages[0]) },
		Other:  wishes{"contents": of(func(w *wish) { w.pin.Packages[0].SHA256 = strings.Repeat("c", 64) })},
		Same:   with(sameWish(), wishes{"version": of(func(w *wish) { w.pin.Packages[0].Version = "2" })}),
	}.Run(t)
}

func TestChoiceInputs(t *testing.T) {
	pinned := func(change func(pin *catalogue.Pin)) func(*testing.T, *wish) {
		return of(func(w *wish) { change(&w.provider.lock.Kernels[0]) })
	}
	kernels := cachetest.Table[*wish]{Kind: kindChosen, New: newWish,
		Inputs: func(_ *testing.T, w *wish) *cache.Inputs { return choiceInputs(kernelTarget(w.provider, w.choice)) },
		Other: wishes{
			"series":       of(func(w *wish) { w.choice.Series = "6.2" }),
			"flavour":      of(func(w *wish) { w.choice.Flavour = "amd64" }),
			"architecture": of(func(w *wish) { w.choice.Arch = "arm64" }),
			"suite":        of(func(w *wish) { w.choice.Suite = "other" }),
			"a release":    of(func(w *wish) { w.choice.ABI = "6.1.0-55" }),
			"host":         of(func(w *wish) { w.provider.catalogue.Host = "arm64" }),
			"the pin":      pinned(func(pin *catalogue.Pin) { pin.Packages[0].SHA256 = strings.Repeat("c", 64) }),
		},
		Same: sameWish(),
	}
	t.Run("kernel", kernels.Run)
	compilers := cachetest.Table[*wish]{Kind: kindChosen, New: newWish,
		Inputs: func(_ *testing.T, w *wish) *cache.Inputs { return choiceInputs(toolchainTarget(w.provider, w.tools)) },
		Other: wishes{
			"name":        of(func(w *wish) { w.tools.Name = "gcc-13" }),
			"suite":       of(func(w *wish) { w.tools.Suite = "other" }),
			"host":        of(func(w *wish) { w.provider.catalogue.Host = "arm64" }),
			"a package":   of(func(w *wish) { w.tools.Packages = append(w.tools.Packages, "pahole") }),
			"another one": of(func(w *wish) { w.tools.Packages[0] = "gcc-13" }),
			"one less":    of(func(w *wish) { w.tools.Packages = w.tools.Packages[:1] }),
			"the pin": of(func(w *wish) {
				w.provider.lock.Toolchains = []catalogue.Pin{{Name: "gcc-12", Arch: "amd64", Packages: []catalogue.Package{{SHA256: "x"}}}}
			}),
		},
		Same: with(sameWish(), wishes{
			"order of the packages": of(func(w *wish) { slices.Reverse(w.tools.Packages) }),
			"what it builds":        of(func(w *wish) { w.tools.Builds = append(w.tools.Builds, "x") }),
		}),
	}
	t.Run("toolchain", compilers.Run)
	emulators := cachetest.Table[*wish]{Kind: kindChosen, New: newWish,
		Inputs: func(_ *testing.T, w *wish) *cache.Inputs { return choiceInputs(emulatorTarget(w.provider, w.emulator)) },
		Other: wishes{
			"name":      of(func(w *wish) { w.emulator.Name = "qemu-other" }),
			"suite":     of(func(w *wish) { w.emulator.Suite = "other" }),
			"program":   of(func(w *wish) { w.emulator.Program = "qemu-system-i386" }),
			"a package": of(func(w *wish) { w.emulator.Packages = append(w.emulator.Packages, "libmore") }),
			"firmware":  of(func(w *wish) { w.emulator.Firmware[0] = "other.bin" }),
			"the pin": of(func(w *wish) {
				w.provider.lock.Emulators = []catalogue.Pin{{Name: "qemu-amd64", Arch: "amd64", Packages: []catalogue.Package{{SHA256: "x"}}}}
			}),
		},
		Same: sameWish(),
	}
	t.Run("emulator", emulators.Run)
}

func TestIndexInputs(t *testing.T) {
	cachetest.Table[*wish]{Kind: kindApt, New: newWish,
		Inputs: func(_ *testing.T, w *wish) *cache.Inputs { return w.root.indexInputs() },
		Other: wishes{
			"suite":         of(func(w *wish) { w.root.suite = "other" }),
			"site":          of(func(w *wish) { w.root.site = "http://b/debian" }),
			"architectures": of(func(w *wish) { w.root.arches = []string{"amd64", "arm64"} }),
			"keys":          of(func(w *wish) { w.root.keys = "l" }),
		},
		Same: with(sameWish(), wishes{"place": of(func(w *wish) { w.root.dir = filepath.Join(w.root.dir, "x") })}),
	}.Run(t)
}

// ofPlan are changes of what is built, and of what with.
func ofPlan() map[string]func(*testing.T, *builtWish) {
	change := func(f func(of *plan)) func(*testing.T, *builtWish) {
		return func(_ *testing.T, w *builtWish) { f(&w.plan) }
	}
	return map[string]func(*testing.T, *builtWish){
		"sources":          change(func(of *plan) { of.sources.Packages[0].SHA256 = strings.Repeat("c", 64) }),
		"architecture":     change(func(of *plan) { of.sources.Arch = "arm64" }),
		"compiler":         change(func(of *plan) { of.with.CC = "gcc-13" }),
		"a package of it":  change(func(of *plan) { of.with.pin.Packages[1].SHA256 = strings.Repeat("c", 64) }),
		"one package less": change(func(of *plan) { of.with.pin.Packages = of.with.pin.Packages[:1] }),
	}
}

// configured are changes of the configuration.
func configured() map[string]func(*testing.T, *builtWish) {
	change := func(f func(o *compile.Option)) func(*testing.T, *builtWish) {
		return func(_ *testing.T, w *builtWish) { f(&w.plan.options[0]) }
	}
	return map[string]func(*testing.T, *builtWish){
		"release": func(_ *testing.T, w *builtWish) { w.plan.sources.Release = "6.1.57-debug-amd64" },
		"option":  change(func(o *compile.Option) { o.Name = "KCSAN" }),
		"value":   change(func(o *compile.Option) { o.Value = "n" }),
		"one option more": func(_ *testing.T, w *builtWish) {
			w.plan.options = append(w.plan.options, compile.Option{Name: "UBSAN", Value: "y"})
		},
	}
}

func TestBuiltInputs(t *testing.T) {
	others := ofPlan()
	maps.Copy(others, configured())
	same := map[string]func(*testing.T, *builtWish){
		"a reason":           func(_ *testing.T, w *builtWish) { w.plan.options[0].Why = "y" },
		"place of the cache": func(t *testing.T, w *builtWish) { w.provider.cache = newCache(t) },
		"mirror":             func(_ *testing.T, w *builtWish) { w.provider.mirrors = mirrors{"http://b", "http://c"} },
	}
	elsewhere := map[string]func(*testing.T, *builtWish){"place of the toolchain": func(_ *testing.T, w *builtWish) { w.plan.modules = "/cache/toolchain/y" }}
	kernels := cachetest.Table[*builtWish]{Kind: kindBuilt, New: newBuiltWish, Other: maps.Clone(others), Same: same,
		Inputs: func(_ *testing.T, w *builtWish) *cache.Inputs { return w.provider.builtInputs(w.plan) }}
	maps.Copy(kernels.Other, elsewhere)
	t.Run("kernel", kernels.Run)
	names := cachetest.Table[*builtWish]{Kind: "names", New: newBuiltWish, Other: others, Same: maps.Clone(same),
		Inputs: func(_ *testing.T, w *builtWish) *cache.Inputs {
			return cache.NewInputs("names").Add("headers", builtKey(w.plan))
		}}
	maps.Copy(names.Same, elsewhere)
	t.Run("headers", names.Run)
}

// The folder in which a kernel is built is the same however it is configured.
func TestSiteInputs(t *testing.T) {
	others := ofPlan()
	others["place of the cache"] = func(t *testing.T, w *builtWish) { w.provider.cache = newCache(t) }
	cachetest.Table[*builtWish]{Kind: kindSite, New: newBuiltWish, Other: others, Same: configured(),
		Inputs: func(_ *testing.T, w *builtWish) *cache.Inputs { return w.provider.siteInputs(w.plan) }}.Run(t)
}

func TestBuilderInputs(t *testing.T) {
	cachetest.Table[*wish]{Kind: kindBuilder, New: newWish,
		Inputs: func(_ *testing.T, w *wish) *cache.Inputs { return w.provider.builderInputs(w.pin) },
		Other:  otherPackages(),
		Same:   with(sameWish(), wishes{"suite": of(func(w *wish) { w.pin.Suite = "other" })}),
	}.Run(t)
}
