// SPDX-License-Identifier: GPL-2.0-only

package debian

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"kmodlab/internal/kernel"
	"kmodlab/internal/step"
	"kmodlab/vmimages/internal/catalogue"
)

// The names inside a prepared kernel.
const (
	imageFile  = "vmlinux"
	configFile = "config"
	factsFile  = "facts.json"
	packedFile = "vmlinuz"
	modulesDir = "modules" // the kernel's own modules, as they come in the package
	virtioDir  = "virtio"
)

// facts are what was found out while preparing.
type facts struct {
	Digest string   // of the image
	Virtio []string // files in virtioDir
}

// prepared returns the kernel that pin names, prepared if need be. Its image
// is checked against its digest; a damaged one is prepared anew, with a note.
func (p *Provider) prepared(ctx context.Context, ch catalogue.Choice, pin catalogue.Pin, t tree) (*kernel.Kernel, error) {
	in := p.kernelInputs(pin, t.dir)
	final := p.place(in)
	build := func(ctx context.Context, tmp string) error { return p.prepare(ctx, pin, t, tmp, final) }
	_, err := p.cache.Verified(ctx, in, build, checkKernel(pin.Release), func(bad error) {
		step.Note(ctx, "the kernel %s in the cache is damaged (%v): preparing it again", pin.Release, bad)
	})
	if err != nil {
		return nil, err
	}
	k, f, err := kernelIn(final, ch, pin, t)
	if err != nil {
		return nil, err
	}
	k.HeadersKey, k.Modules = headersKey(pin), filepath.Join(final, modulesDir)
	k.Reads = slices.Insert(k.Reads, 0, filepath.Join(final, "usr"))
	if isSplit(pin) {
		k.FetchModules = func(ctx context.Context, names ...string) (map[string]string, error) {
			return p.ownModules(ctx, k, pin, names)
		}
	}
	for _, name := range f.Virtio {
		k.Virtio = append(k.Virtio, filepath.Join(final, virtioDir, name))
	}
	return k, nil
}

// kernelIn returns the kernel in the folder dir, whether it was prepared or built,
// and what was found out about it then. Modules are compiled for it with t.
func kernelIn(dir string, ch catalogue.Choice, pin catalogue.Pin, t tree) (*kernel.Kernel, facts, error) {
	f, err := readFacts(dir)
	if err != nil {
		return nil, f, err
	}
	k := &kernel.Kernel{
		Series: ch.Series, Release: pin.Release, Version: pin.Version, Arch: pin.Arch, Flavour: ch.Flavour, Origin: pin.Suite,
		Image: filepath.Join(dir, imageFile), Digest: f.Digest, Config: filepath.Join(dir, configFile),
		Headers: filepath.Join(dir, headersDir(pin.Release)), Reads: []string{t.dir}, Toolchain: t.Toolchain,
	}
	k.Toolchain.Flags = withoutPaths(dir, t.dir)
	return k, f, nil
}

// withoutPaths are the flags that keep the places of our trees out of what is
// compiled, so that modules are the same wherever the cache is.
func withoutPaths(trees ...string) []string {
	var flags []string
	for _, tree := range trees {
		flags = append(flags, "-ffile-prefix-map="+tree+"=")
	}
	return flags
}

// headersDir is where a prepared kernel keeps its headers.
func headersDir(release string) string { return "usr/src/linux-headers-" + release }

// checkKernel checks a prepared kernel: that its image is the one that was
// unpacked, and that the rest of it is there.
func checkKernel(release string) func(dir string) error {
	return func(dir string) error {
		f, err := readFacts(dir)
		if err != nil {
			return err
		}
		sum, err := digest(filepath.Join(dir, imageFile))
		if err != nil {
			return err
		}
		if sum != f.Digest {
			return fmt.Errorf("SHA-256 of %s is %s; want %s", imageFile, sum, f.Digest)
		}
		files := []string{configFile, headersDir(release) + "/Makefile", headersDir(release) + "/Module.symvers"}
		for _, name := range f.Virtio {
			files = append(files, virtioDir+"/"+name)
		}
		return present(dir, files...)
	}
}

func readFacts(dir string) (facts, error) {
	var f facts
	text, err := os.ReadFile(filepath.Join(dir, factsFile))
	if err == nil {
		err = json.Unmarshal(text, &f)
	}
	return f, err
}

// prepare makes in tmp the prepared kernel that will be used as final.
func (p *Provider) prepare(ctx context.Context, pin catalogue.Pin, t tree, tmp, final string) error {
	if err := p.fetch(ctx, pin); err != nil {
		return err
	}
	s := step.Start(ctx, "prepare %s", pin.Release)
	for _, pkg := range pin.Packages {
		if err := unpack(ctx, p.deb(pkg), tmp, kernelPlace(pin.Release, pin.Arch)); err != nil {
			return s.End(err)
		}
	}
	if err := finish(tmp, final, pin, t.dir); err != nil {
		return s.End(fmt.Errorf("prepare %s: %w", pin.Release, err))
	}
	return s.End(nil)
}

// finish turns the unpacked files in dir into a prepared kernel.
func finish(dir, final string, pin catalogue.Pin, toolchain string) error {
	packed := filepath.Join(dir, packedFile)
	if err := unpackImage(pin.Arch, packed, filepath.Join(dir, imageFile)); err != nil {
		return err
	}
	if err := os.Remove(packed); err != nil {
		return err
	}
	if err := relocate(filepath.Join(dir, headersDir(pin.Release)), final, pin.Release); err != nil {
		return err
	}
	tools, err := filepath.Glob(filepath.Join(dir, "usr/lib/linux-kbuild-*"))
	if err != nil {
		return err
	}
	for _, tool := range tools {
		if err := wrap(tool, toolchain, toolchain); err != nil {
			return err
		}
	}
	options, err := kernel.ReadOptions(filepath.Join(dir, configFile))
	if err != nil {
		return err
	}
	virtio, err := extractVirtio(options, filepath.Join(dir, modulesDir), filepath.Join(dir, virtioDir))
	if err != nil {
		return err
	}
	return writeFacts(dir, virtio)
}

// writeFacts writes what is known of the kernel in dir, which has those files in
// virtioDir.
func writeFacts(dir string, virtio []string) error {
	sum, err := digest(filepath.Join(dir, imageFile))
	if err != nil {
		return err
	}
	text, err := json.Marshal(facts{Digest: sum, Virtio: virtio})
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(dir, factsFile), text, 0o644)
}

// relocate makes the headers usable below final instead of below /: their
// Makefile is the one file that holds an absolute path. It also checks that
// they are of the release that the package's name promises.
func relocate(headers, final, release string) error {
	utsrelease, err := os.ReadFile(filepath.Join(headers, "include/generated/utsrelease.h"))
	if err != nil {
		return err
	}
	if !bytes.Contains(utsrelease, []byte(`"`+release+`"`)) {
		return fmt.Errorf("the headers are those of another release: %s", bytes.TrimSpace(utsrelease))
	}
	name := filepath.Join(headers, "Makefile")
	text, err := os.ReadFile(name)
	if err != nil {
		return err
	}
	return os.WriteFile(name, bytes.ReplaceAll(text, []byte("/usr/src/"), []byte(final+"/usr/src/")), 0o644)
}

// kernelPlace keeps of a kernel's packages the image, the configuration, the
// modules, the headers and the programs of Kbuild. Until 6.18 image and
// configuration are in boot, from 6.19 on beside the modules.
func kernelPlace(release, arch string) func(name string) string {
	modules := "usr/lib/modules/" + release + "/"
	return func(name string) string {
		switch name {
		case "boot/vmlinuz-" + release, modules + "vmlinuz":
			return packedFile
		case "boot/config-" + release, modules + "config":
			return configFile
		}
		if otherMachines(name, arch) || signsModules(name) {
			return ""
		}
		if strings.HasPrefix(name, "usr/src/") || strings.HasPrefix(name, "usr/lib/linux-kbuild-") {
			return name
		}
		if rest, ok := strings.CutPrefix(name, modules); ok && (strings.HasPrefix(rest, "kernel/") || strings.HasPrefix(rest, "modules.")) {
			return modulesDir + "/" + rest
		}
		return ""
	}
}

// otherMachines says whether a file of the common headers is for another
// architecture than arch: most of them.
func otherMachines(name, arch string) bool {
	folder := map[string]string{"amd64": "x86/"}[arch]
	if folder == "" {
		folder = arch + "/"
	}
	_, rest, ok := strings.Cut(name, "-common/arch/")
	if !ok {
		_, rest, ok = strings.Cut(name, "-common-rt/arch/")
	}
	return ok && !strings.HasPrefix(rest, folder) && strings.Contains(rest, "/")
}

// signsModules says whether a file is a program that signs modules: that needs
// a key that nobody has, and a cryptographic library.
func signsModules(name string) bool {
	base := path.Base(name)
	return strings.HasPrefix(name, "usr/lib/linux-kbuild-") && (base == "sign-file" || base == "extract-cert")
}
