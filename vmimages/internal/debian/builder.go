// SPDX-License-Identifier: GPL-2.0-only

package debian

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"kmodlab/internal/step"
	"kmodlab/vmimages/internal/catalogue"
	"kmodlab/vmimages/internal/compile"
)

// hostCC is the compiler of programs that run on this machine: those that Kbuild
// is made of, and objtool.
const hostCC = "hostcc"

// builder is a toolchain that builds kernels, and the packages it is made of.
type builder struct {
	catalogue.Toolchain
	pin catalogue.Pin
}

// tools returns the programs of the builder, unpacked if need be.
func (p *Provider) tools(ctx context.Context, b builder) (compile.Tools, error) {
	in := p.builderInputs(b.pin)
	dir, err := p.cache.Dir(ctx, in, func(ctx context.Context, tmp string) error { return p.unpackBuilder(ctx, b, tmp, p.place(in)) })
	return compile.Tools{Tree: dir, CC: b.CC, HostCC: hostCC}, err
}

// unpackBuilder makes in tmp the tree that will be used as final.
func (p *Provider) unpackBuilder(ctx context.Context, b builder, tmp, final string) error {
	if err := p.fetch(ctx, b.pin); err != nil {
		return err
	}
	s := step.Start(ctx, "unpack the toolchain %s", b.pin.Name)
	for i, pkg := range b.pin.Packages {
		if err := unpack(ctx, p.deb(pkg), tmp, builderPlace); err != nil {
			return s.End(err)
		}
		s.Progress(int64(i+1), int64(len(b.pin.Packages)))
	}
	for _, dir := range []string{"usr/bin", "usr/lib/gcc", "usr/libexec", "usr/x86_64-linux-gnu/bin"} {
		if err := wrap(filepath.Join(tmp, dir), final, tmp); err != nil {
			return s.End(err)
		}
	}
	return s.End(errors.Join(writeHostCC(b, tmp, final), present(tmp, "usr/bin/"+b.CC, "usr/include/libelf.h")))
}

// writeHostCC puts the compiler of programs that run here into the tree in tmp.
// What it makes runs with the loader and the libraries of the tree, whatever those
// of this machine are.
func writeHostCC(b builder, tmp, final string) error {
	// Where the linker looks for the parts of the C library.
	if err := errors.Join(os.Symlink("usr/lib", filepath.Join(tmp, "lib")), os.Symlink(libDir, filepath.Join(tmp, "lib64"))); err != nil {
		return err
	}
	// Of old tags libraries take notice, too, for those that they need themselves.
	script := fmt.Sprintf("#!/bin/sh\nexec %s --sysroot=%s \"$@\" -Wl,--disable-new-dtags -Wl,--dynamic-linker=%s -Wl,-rpath=%s\n",
		quote(filepath.Join(final, "usr/bin", b.CC)), quote(final), quote(filepath.Join(final, loader)), quote(filepath.Join(final, libDir)))
	return os.WriteFile(filepath.Join(tmp, "usr/bin", hostCC), []byte(script), 0o755)
}

// builderPlace keeps all that compiles and links, programs and a kernel.
func builderPlace(name string) string {
	if toolchainPlace(name) != "" {
		return name
	}
	for _, dir := range []string{"usr/include/", "usr/lib/gcc/", "usr/lib/linux/", "usr/share/bison/"} {
		if strings.HasPrefix(name, dir) && filepath.Base(name) != "lto1" {
			return name
		}
	}
	return ""
}
