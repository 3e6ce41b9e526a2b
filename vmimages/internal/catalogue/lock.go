// SPDX-License-Identifier: GPL-2.0-only

package catalogue

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// LockFile is where the lock stands in the repository.
const LockFile = "vmimages/kernels.lock"

// Package names one exact binary package.
type Package struct {
	Name    string // "linux-headers-6.1.0-56-common"
	Arch    string // "amd64" or "all"
	Version string // "6.1.192-2"
	Size    int64  // of the .deb, in bytes
	SHA256  string // of the .deb, in hex
}

// Pin is a set of packages that was chosen together: a kernel, a toolchain or an
// emulator.
type Pin struct {
	Name     string    `json:"name"`              // "6.12 cloud", or the toolchain's name
	Arch     string    `json:"arch"`              // the machine it is for
	Suite    string    `json:"suite"`             // where the packages are
	Release  string    `json:"release,omitempty"` // what uname -r says; kernels only
	Version  string    `json:"version"`           // version of the headers, or of the compiler
	Packages []Package `json:"packages"`          // in order of their names

	// Modules is the package of a kernel's own modules, where they are not in one of
	// Packages: it is large, and few cases need it.
	Modules Package `json:"modules,omitzero"`
}

// Lock is what kernels.lock says.
type Lock struct {
	Kernels    []Pin `json:"kernels"`
	Toolchains []Pin `json:"toolchains"`
	Emulators  []Pin `json:"emulators"`
}

// ParseLock reads a lock in JSON; unknown keys are errors.
func ParseLock(text []byte) (*Lock, error) {
	l := &Lock{}
	d := json.NewDecoder(bytes.NewReader(text))
	d.DisallowUnknownFields()
	if err := d.Decode(l); err != nil {
		return nil, fmt.Errorf("%s: %w", LockFile, err)
	}
	return l, nil
}

// Encode returns the text of the lock file, one package a line, so that a diff
// of two locks reads well.
func (l *Lock) Encode() ([]byte, error) {
	text, err := json.MarshalIndent(l, "", "  ")
	return append(text, '\n'), err
}

// Kernel returns the pin of the kernel (series, flavour, arch).
func (l *Lock) Kernel(series, flavour, arch string) (Pin, bool) {
	return find(l.Kernels, KernelName(series, flavour), arch)
}

// Toolchain returns the pin of the toolchain called name.
func (l *Lock) Toolchain(name, arch string) (Pin, bool) { return find(l.Toolchains, name, arch) }

// Emulator returns the pin of the emulator called name.
func (l *Lock) Emulator(name, arch string) (Pin, bool) { return find(l.Emulators, name, arch) }

// KernelName is the name under which a kernel is pinned.
func KernelName(series, flavour string) string { return series + " " + flavour }

func find(pins []Pin, name, arch string) (Pin, bool) {
	i := slices.IndexFunc(pins, func(p Pin) bool { return p.Name == name && p.Arch == arch })
	if i < 0 {
		return Pin{}, false
	}
	return pins[i], true
}

// All returns all packages, that of the modules last.
func (p Pin) All() []Package {
	if p.Modules == (Package{}) {
		return p.Packages
	}
	return append(slices.Clone(p.Packages), p.Modules)
}

// Size returns the bytes of Packages together.
func (p Pin) Size() int64 {
	var size int64
	for _, pkg := range p.Packages {
		size += pkg.Size
	}
	return size
}

// Digests returns the hashes of Packages, for cache keys.
func (p Pin) Digests() []string {
	var all []string
	for _, pkg := range p.Packages {
		all = append(all, pkg.SHA256)
	}
	return all
}

// String returns what apt calls the package: name:arch=version.
func (p Package) String() string {
	if p.Arch == "all" {
		return p.Name + "=" + p.Version
	}
	return p.Name + ":" + p.Arch + "=" + p.Version
}

// MarshalText puts the package on one line of five words.
func (p Package) MarshalText() ([]byte, error) {
	return fmt.Appendf(nil, "%s %s %s %d %s", p.Name, p.Arch, p.Version, p.Size, p.SHA256), nil
}

// UnmarshalText reads the line that MarshalText makes.
func (p *Package) UnmarshalText(text []byte) error {
	words := strings.Split(string(text), " ")
	if len(words) != 5 || slices.Contains(words, "") {
		return fmt.Errorf("package %q: %d words, want name, architecture, version, size, SHA-256", text, len(words))
	}
	size, err := strconv.ParseInt(words[3], 10, 64)
	if err != nil || size <= 0 {
		return fmt.Errorf("package %q: bad size %q", text, words[3])
	}
	if sum, err := hex.DecodeString(words[4]); err != nil || len(sum) != 32 {
		return fmt.Errorf("package %q: bad SHA-256 %q", text, words[4])
	}
	*p = Package{Name: words[0], Arch: words[1], Version: words[2], Size: size, SHA256: words[4]}
	return nil
}
