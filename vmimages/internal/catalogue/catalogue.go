// SPDX-License-Identifier: GPL-2.0-only

// Package catalogue knows which kernels there are: the catalogue names the series
// and where they come from, the lock names the exact packages.
package catalogue

import (
	"bytes"
	"fmt"
	"slices"

	"github.com/BurntSushi/toml"
)

// Catalogue is what catalogue.toml says.
type Catalogue struct {
	Host       string      `toml:"host"`      // Debian's name of the architecture that the compilers run on: "amd64"
	Flavours   []string    `toml:"flavours"`  // the first is the default
	Built      []Built     `toml:"built"`     // flavours that the archive does not have
	Series     []Series    `toml:"series"`    // oldest first
	Toolchains []Toolchain `toml:"toolchain"` // what the series are built with
	Linters    Toolchain   `toml:"linters"`   // what their modules are judged with; it compiles nothing
	Emulators  []Emulator  `toml:"emulator"`  // what kernels are booted in
}

// Trees returns all that is made of packages and runs on the host: toolchains,
// those that build kernels, and linters.
func (c *Catalogue) Trees() []Toolchain {
	all := slices.Clone(c.Toolchains)
	for _, t := range c.Toolchains {
		if builder, ok := t.Builder(); ok {
			all = append(all, builder)
		}
	}
	if c.Linters.Name != "" {
		all = append(all, c.Linters)
	}
	return all
}

// Built is a flavour that the archive does not have: its kernels are compiled on
// this machine, of the sources of those that the archive has.
type Built struct {
	Flavour string   `toml:"flavour"` // "debug"
	Arch    string   `toml:"arch"`    // the one architecture that it is built for
	Config  string   `toml:"config"`  // name of the file, beside the catalogue, with its configuration
	Series  []string `toml:"series"`  // those that it is built of
}

// Series is one line of kernels: the x.y of all its releases. "7.3-rc" is the
// line of the release candidates before 7.3.
type Series struct {
	Name   string   `toml:"name"`   // "6.12"
	Suites []string `toml:"suites"` // where its releases are; the first has the newest
	Arches []string `toml:"arches"` // architectures it is tested on
	Test   bool     `toml:"test"`   // part of the default test set
}

// Toolchain is a compiler with everything it needs to run.
type Toolchain struct {
	Name     string   `toml:"name"`     // "gcc-14"
	Arch     string   `toml:"arch"`     // architecture that it compiles for
	Builds   []string `toml:"builds"`   // suites whose kernels were built with it
	Suite    string   `toml:"suite"`    // "trixie"
	CC       string   `toml:"cc"`       // name of the compiler's program
	Packages []string `toml:"packages"` // names of the packages of its tree
	Prefix   string   `toml:"prefix"`   // of its programs, when it compiles for another architecture than the host's
	MakeArgs []string `toml:"make"`     // arguments that make needs for it
	Kernel   []string `toml:"kernel"`   // names of the packages that a whole kernel takes besides; none where none is built
}

// Builder returns the toolchain that builds whole kernels with the compiler of t,
// and whether there is one.
func (t Toolchain) Builder() (Toolchain, bool) {
	builder := t
	builder.Name, builder.Kernel = t.Name+"-kernel", nil
	builder.Packages = slices.Sorted(slices.Values(slices.Concat(t.Packages, t.Kernel)))
	return builder, len(t.Kernel) > 0
}

// Emulator is a QEMU with everything it needs to run.
type Emulator struct {
	Name     string   `toml:"name"`     // "qemu-amd64"
	Arch     string   `toml:"arch"`     // architecture that it emulates
	Suite    string   `toml:"suite"`    // "trixie"
	Program  string   `toml:"program"`  // name of its program
	Packages []string `toml:"packages"` // those of program and firmware; of libraries, what the program needs is found out
	Firmware []string `toml:"firmware"` // names of the files that its board begins with
}

// Parse reads a catalogue in TOML. A key that means nothing here is
// an error, so that a misspelt one does not go unnoticed.
func Parse(text []byte) (*Catalogue, error) {
	c := &Catalogue{}
	meta, err := toml.NewDecoder(bytes.NewReader(text)).Decode(c)
	if err != nil {
		return nil, fmt.Errorf("catalogue: %w", err)
	}
	if unknown := meta.Undecoded(); len(unknown) > 0 {
		return nil, fmt.Errorf("catalogue: unknown key %q", unknown[0])
	}
	return c, c.check()
}

// check makes sure that every series can be followed to its toolchain.
func (c *Catalogue) check() error {
	if c.Host == "" || len(c.Flavours) == 0 || len(c.Series) == 0 {
		return fmt.Errorf("catalogue: host, flavours and at least one series are needed")
	}
	seen := map[string]bool{}
	for _, t := range c.Toolchains {
		if t.Name == "" || t.Arch == "" || t.Suite == "" || t.CC == "" || len(t.Packages) == 0 || len(t.Builds) == 0 {
			return fmt.Errorf("catalogue: toolchain %q needs name, arch, builds, suite, cc and packages", t.Name)
		}
		if seen[t.Name] {
			return fmt.Errorf("catalogue: toolchain %q is there twice", t.Name)
		}
		seen[t.Name] = true
	}
	for _, e := range c.Emulators {
		if e.Name == "" || e.Arch == "" || e.Suite == "" || e.Program == "" || len(e.Packages) == 0 {
			return fmt.Errorf("catalogue: emulator %q needs name, arch, suite, program and packages", e.Name)
		}
		if seen["emulator of "+e.Arch] {
			return fmt.Errorf("catalogue: there are two emulators of %s", e.Arch)
		}
		seen["emulator of "+e.Arch] = true
	}
	if err := c.checkBuilt(); err != nil {
		return err
	}
	for _, s := range c.Series {
		if s.Name == "" || len(s.Suites) == 0 || len(s.Arches) == 0 {
			return fmt.Errorf("catalogue: series %q needs name, suites and arches", s.Name)
		}
		if seen["series "+s.Name] {
			return fmt.Errorf("catalogue: series %q is there twice", s.Name)
		}
		seen["series "+s.Name] = true
		for _, suite := range s.Suites {
			for _, arch := range s.Arches {
				if _, ok := c.Toolchain(suite, arch); !ok {
					return fmt.Errorf("catalogue: series %q: no toolchain builds %s for %s", s.Name, suite, arch)
				}
			}
		}
	}
	return nil
}

// checkBuilt makes sure that every flavour that is built here can be.
func (c *Catalogue) checkBuilt() error {
	for _, b := range c.Built {
		if b.Flavour == "" || b.Arch == "" || b.Config == "" || len(b.Series) == 0 || slices.Contains(c.Flavours, b.Flavour) {
			return fmt.Errorf("catalogue: what is built as %q needs a flavour that the archive does not have, arch, config and series", b.Flavour)
		}
		for _, name := range b.Series {
			s, ok := c.find(name)
			if !ok || len(s.Suites) == 0 {
				return fmt.Errorf("catalogue: flavour %q is built of series %q, which is not there", b.Flavour, name)
			}
			t, ok := c.Toolchain(s.Suites[0], b.Arch)
			if _, builds := t.Builder(); !ok || !builds {
				return fmt.Errorf("catalogue: no toolchain builds kernels of %s (%s) for %s", name, s.Suites[0], b.Arch)
			}
		}
	}
	return nil
}

// BuiltAs returns what is built here as the flavour, and whether it is.
func (c *Catalogue) BuiltAs(flavour string) (Built, bool) {
	i := slices.IndexFunc(c.Built, func(b Built) bool { return b.Flavour == flavour })
	if i < 0 {
		return Built{}, false
	}
	return c.Built[i], true
}

// Names returns the names of all series, in the order of the catalogue.
func (c *Catalogue) Names() []string {
	var names []string
	for _, s := range c.Series {
		names = append(names, s.Name)
	}
	return names
}

// Arches returns the architectures of all series, the host's own first.
func (c *Catalogue) Arches() []string {
	arches := []string{c.Host}
	for _, s := range c.Series {
		for _, arch := range s.Arches {
			if !slices.Contains(arches, arch) {
				arches = append(arches, arch)
			}
		}
	}
	return arches
}

// find returns the series called name.
func (c *Catalogue) find(name string) (Series, bool) {
	i := slices.IndexFunc(c.Series, func(s Series) bool { return s.Name == name })
	if i < 0 {
		return Series{}, false
	}
	return c.Series[i], true
}

// Toolchain returns the toolchain that builds modules for the kernels of the
// suite on arch, and whether there is one.
func (c *Catalogue) Toolchain(suite, arch string) (Toolchain, bool) {
	i := slices.IndexFunc(c.Toolchains, func(t Toolchain) bool { return t.Arch == arch && slices.Contains(t.Builds, suite) })
	if i < 0 {
		return Toolchain{}, false
	}
	return c.Toolchains[i], true
}

// Emulator returns the emulator of arch, and whether there is one.
func (c *Catalogue) Emulator(arch string) (Emulator, bool) {
	i := slices.IndexFunc(c.Emulators, func(e Emulator) bool { return e.Arch == arch })
	if i < 0 {
		return Emulator{}, false
	}
	return c.Emulators[i], true
}
