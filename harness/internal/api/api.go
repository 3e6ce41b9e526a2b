// SPDX-License-Identifier: GPL-2.0-only

// Package api tells which kernels have a function, and which have it no more.
//
// It reads files, not version numbers: what Module.symvers exports and what the
// headers declare. So a backport counts, and so does a patch of the
// distribution's.
//
// The headers are looked through, not compiled. A declaration below an #ifdef
// counts, whatever the configuration; one that only a macro makes
// (DECLARE_PER_CPU, DEFINE_GUARD) is not seen, nor is a member of a struct.
package api

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"kmodlab/internal/headers"
	"kmodlab/internal/kernel"
)

// Kernel is a kernel that can be asked.
type Kernel struct {
	Name    string // how a person calls it: "6.12", "6.12 rt"
	Release string // "6.12.118+deb13-cloud-amd64"
	Arch    string // "amd64"
	Headers string // the folder of its headers
}

// Of returns the kernel k under the name that a person calls it by.
func Of(k *kernel.Kernel, name string) Kernel {
	return Kernel{Name: name, Release: k.Release, Arch: k.Arch, Headers: k.Headers}
}

// Offer is what a kernel has of a name.
type Offer struct {
	Exported bool
	Export   kernel.Export // when it is
	Kind     Kind          // what the headers have; None for nothing
	Header   string        // which header has it, as sources include it: "linux/timer.h"
}

// Compiles says whether a source that includes the header compiles with it.
func (o Offer) Compiles() bool { return o.Kind != None }

// String tells the offer in a word or two.
func (o Offer) String() string {
	switch {
	case o.Exported && o.Export.Namespace != "":
		return o.licence() + " in " + o.Export.Namespace
	case o.Exported:
		return o.licence()
	}
	return o.Kind.String()
}

func (o Offer) licence() string {
	if o.Export.GPL {
		return "GPL-only"
	}
	return "exported"
}

// Ask returns what the kernel has of names, each of which has an answer.
func (k Kernel) Ask(names ...string) (map[string]Offer, error) {
	offers, err := k.declared(names)
	if err != nil {
		return nil, err
	}
	exports, err := kernel.ReadExports(k.Headers)
	if err != nil {
		return nil, err
	}
	for _, name := range names {
		o := offers[name]
		o.Export, o.Exported = exports[name]
		offers[name] = o
	}
	return offers, nil
}

// declared looks for names in all headers that modules can include.
func (k Kernel) declared(names []string) (map[string]Offer, error) {
	trees, err := headers.Trees(k.Headers)
	if err != nil {
		return nil, err
	}
	found := map[string]Offer{}
	for _, tree := range trees {
		for _, folder := range k.folders() {
			err := filepath.WalkDir(filepath.Join(tree, folder), func(path string, d fs.DirEntry, err error) error {
				switch {
				case errors.Is(err, fs.ErrNotExist):
					return nil // not every tree has each of the folders
				case err != nil:
					return err
				case d.IsDir() && d.Name() == "config": // an empty file for each option
					return fs.SkipDir
				case filepath.Ext(path) != ".h":
					return nil
				}
				text, err := os.ReadFile(path)
				if err != nil {
					return err
				}
				for name, kind := range find(text, mentioned(text, names)) {
					header, _ := filepath.Rel(filepath.Join(tree, folder), path) // it is below
					found[name] = better(found[name], Offer{Kind: kind, Header: included(header)})
				}
				return nil
			})
			if err != nil {
				return nil, err
			}
		}
	}
	return found, nil
}

// HasHeader says whether sources can include the header name: "asm/unaligned.h".
func (k Kernel) HasHeader(name string) (bool, error) {
	trees, err := headers.Trees(k.Headers)
	if err != nil {
		return false, err
	}
	for _, tree := range trees {
		for _, folder := range k.folders() {
			for _, part := range parts {
				if _, err := os.Stat(filepath.Join(tree, folder, part, name)); err == nil {
					return true, nil
				}
			}
		}
	}
	return false, nil
}

// folders are where a tree has what sources include.
func (k Kernel) folders() []string {
	arch := k.Arch
	if arch == "amd64" {
		arch = "x86"
	}
	return []string{"include", "arch/" + arch + "/include"}
}

// parts are the folders in those that the compiler looks in, with the longest
// names first (LINUXINCLUDE and USERINCLUDE in the kernel's Makefile).
var parts = []string{"generated/uapi/", "generated/", "uapi/", ""}

// included is how sources include the file name of a folder of headers.
func included(name string) string {
	for _, part := range parts {
		if rest, ok := strings.CutPrefix(name, part); ok && (part != "generated/" || strings.HasPrefix(rest, "asm/")) {
			return rest // include/generated/autoconf.h has its folder in its name
		}
	}
	return name
}

// mentioned returns those of names that stand in text. It is a first look: most
// headers need no other.
func mentioned(text []byte, names []string) map[string]bool {
	var there map[string]bool
	for _, name := range names {
		if name != "" && bytes.Contains(text, []byte(name)) {
			if there == nil {
				there = map[string]bool{}
			}
			there[name] = true
		}
	}
	return there
}

// better returns the one of two headers' offers that says more. Of two that say
// the same it is the one of linux/, which is meant for everybody.
func better(a, b Offer) Offer {
	inLinux := func(o Offer) bool { return strings.HasPrefix(o.Header, "linux/") }
	if b.Kind > a.Kind || b.Kind == a.Kind && inLinux(b) && !inLinux(a) {
		return b
	}
	return a
}
