// SPDX-License-Identifier: GPL-2.0-only

// Package vmimages says which kernels there are: the catalogue names the
// series and where they come from, the lock names the exact packages.
//
// Both are data in this folder, compiled in. Package debian turns them into
// kernels on this machine.
package vmimages

import (
	"bytes"
	_ "embed"
	"fmt"
	"slices"
	"strings"

	"github.com/BurntSushi/toml"

	"kmodlab/harness/fault"
)

//go:embed catalogue.toml
var catalogueText []byte

// Catalogue is what catalogue.toml says.
type Catalogue struct {
	Arch       string      `toml:"arch"`      // Debian's name of the architecture: "amd64"
	Flavours   []string    `toml:"flavours"`  // the first is the default
	Series     []Series    `toml:"series"`    // oldest first
	Toolchains []Toolchain `toml:"toolchain"` // what the series are built with
}

// Series is one line of kernels: the x.y of all its releases.
type Series struct {
	Name      string `toml:"name"`      // "6.12"
	Suite     string `toml:"suite"`     // "trixie-security"
	Toolchain string `toml:"toolchain"` // name of a [Toolchain]
	Test      bool   `toml:"test"`      // part of the default test set
}

// Toolchain is a compiler with everything it needs to run.
type Toolchain struct {
	Name     string   `toml:"name"`     // "gcc-14"
	Suite    string   `toml:"suite"`    // "trixie"
	CC       string   `toml:"cc"`       // name of the compiler's program
	Packages []string `toml:"packages"` // names of the packages of its tree
	MakeArgs []string `toml:"make"`     // arguments that make needs for it
}

// Load returns the catalogue that is compiled in.
func Load() (*Catalogue, error) { return ParseCatalogue(catalogueText) }

// ParseCatalogue reads a catalogue in TOML. A key that means nothing here is
// an error, so that a misspelt one does not go unnoticed.
func ParseCatalogue(text []byte) (*Catalogue, error) {
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
	if c.Arch == "" || len(c.Flavours) == 0 || len(c.Series) == 0 {
		return fmt.Errorf("catalogue: arch, flavours and at least one series are needed")
	}
	seen := map[string]bool{}
	for _, t := range c.Toolchains {
		if t.Name == "" || t.Suite == "" || t.CC == "" || len(t.Packages) == 0 {
			return fmt.Errorf("catalogue: toolchain %q needs name, suite, cc and packages", t.Name)
		}
		if seen[t.Name] {
			return fmt.Errorf("catalogue: toolchain %q is there twice", t.Name)
		}
		seen[t.Name] = true
	}
	for _, s := range c.Series {
		if s.Name == "" || s.Suite == "" {
			return fmt.Errorf("catalogue: series %q needs name and suite", s.Name)
		}
		if seen["series "+s.Name] {
			return fmt.Errorf("catalogue: series %q is there twice", s.Name)
		}
		seen["series "+s.Name] = true
		if !seen[s.Toolchain] {
			return fmt.Errorf("catalogue: series %q: there is no toolchain %q", s.Name, s.Toolchain)
		}
	}
	return nil
}

// Find returns the series called name and the flavour in full: "" is the
// default one. A name that is not in the catalogue is a [fault.Error] of usage
// that lists the known ones.
func (c *Catalogue) Find(name, flavour string) (Series, string, error) {
	i := slices.IndexFunc(c.Series, func(s Series) bool { return s.Name == name })
	if i < 0 {
		return Series{}, "", &fault.Error{Party: fault.Usage, What: fmt.Sprintf("there is no kernel series %q", name),
			Fix: "take one of " + strings.Join(c.Names(), ", ")}
	}
	if flavour == "" {
		flavour = c.Flavours[0]
	}
	if !slices.Contains(c.Flavours, flavour) {
		return Series{}, "", &fault.Error{Party: fault.Usage, What: fmt.Sprintf("there is no kernel flavour %q", flavour),
			Fix: "take one of " + strings.Join(c.Flavours, ", ")}
	}
	return c.Series[i], flavour, nil
}

// Names returns the names of all series, in the order of the catalogue.
func (c *Catalogue) Names() []string {
	var names []string
	for _, s := range c.Series {
		names = append(names, s.Name)
	}
	return names
}

// Default returns the series of the default test set.
func (c *Catalogue) Default() []Series {
	var set []Series
	for _, s := range c.Series {
		if s.Test {
			set = append(set, s)
		}
	}
	return set
}

// Toolchain returns the toolchain of s; check has made sure that it is there.
func (c *Catalogue) Toolchain(s Series) Toolchain {
	i := slices.IndexFunc(c.Toolchains, func(t Toolchain) bool { return t.Name == s.Toolchain })
	return c.Toolchains[i]
}
