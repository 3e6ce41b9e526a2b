// SPDX-License-Identifier: GPL-2.0-only

// Package kernel says what a kernel is to the rest of the harness: files on
// this machine that can be booted and built against, and what they offer.
//
// A provider (package vmimages/internal/debian, or a tree of the user's own) makes a
// Kernel; kbuild and vm take it. Nothing here fetches, builds or boots.
package kernel

import (
	"context"
	"slices"
	"strings"
)

// Kernel is one bootable kernel with the headers that match it.
type Kernel struct {
	Series  string // the x.y it belongs to: "6.12"
	Release string // what uname -r says in it: "6.12.118+deb13-cloud-amd64"
	Version string // version of the package it came from: "6.12.118-1"
	Arch    string // Debian's name of the architecture: "amd64"
	Flavour string // "cloud", "amd64" (generic), "rt"
	Origin  string // where it came from: the suite, or a folder

	Image   string   // path of the uncompressed ELF image (vmlinux, PVH entry note)
	Digest  string   // hex SHA-256 of Image
	Config  string   // path of the kernel's .config
	Headers string   // path for make -C; its Module.symvers lists the exports
	Reads   []string // folders that a build with the headers reads beside them: what they include, the compiler

	// HeadersKey names what is in Headers, where it stays as it is. It is empty
	// for a tree of somebody's own, which may be edited at any time: who depends
	// on its contents has to look.
	HeadersKey string

	Modules string   // folder of the kernel's own modules, as installed below lib/modules/RELEASE; "" where it came without
	Virtio  []string // paths of the uncompressed modules that a virtio port needs, in insertion order; empty when built in

	// FetchModules is set where the modules themselves are not in Modules, which has
	// but the lists of them: it is what OwnModules does.
	FetchModules func(ctx context.Context, names ...string) (map[string]string, error)

	Toolchain Toolchain // the compiler that fits
}

// Toolchain is a compiler with its binutils, as make needs it.
type Toolchain struct {
	ID  string   // identity for cache keys: release, package versions
	CC  string   // name of the compiler: "gcc-14"
	Bin string   // folder put in front of PATH; empty for the host's own tools
	Env []string // further environment, "NAME=value"

	Prefix   string   // in front of the names of its binutils, when it compiles for another architecture: "aarch64-linux-gnu-"
	MakeArgs []string // further arguments of make, "CONFIG_X="
	Flags    []string // of the compiler, besides those that Kbuild has
}

// Arguments are those of make for a build of modules, but for the compiler's name.
// Of two KCFLAGS make would only heed the last.
func (t Toolchain) Arguments() []string {
	if len(t.Flags) == 0 {
		return t.MakeArgs
	}
	return append(slices.Clone(t.MakeArgs), "KCFLAGS="+strings.Join(t.Flags, " "))
}
