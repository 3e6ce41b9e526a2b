// SPDX-License-Identifier: GPL-2.0-only

package tree

import (
	"context"
	"debug/elf"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"kmodlab/internal/cache"
	"kmodlab/internal/fault"
	"kmodlab/vmimages/internal/image/imagetest"
)

const release = "6.12.1-own"

// config is a configuration that has everything.
func config() string {
	text := "CONFIG_CC_VERSION_TEXT=\"gcc (me) 1.2\"\nCONFIG_MODULES=y\nCONFIG_VIRTIO_PCI=y\nCONFIG_VIRTIO_CONSOLE=y\n"
	for _, name := range required {
		text += "CONFIG_" + name + "=y\n"
	}
	return text
}

// newTree makes a folder that looks like a built kernel, changed: a file whose
// text is "-" goes.
func newTree(t *testing.T, changes map[string]string) string {
	t.Helper()
	files := map[string]string{
		"Makefile": "", "scripts/mod/modpost": "", "include/generated/autoconf.h": "", "include/config/auto.conf": "",
		".config": config(), "include/config/kernel.release": release + "\n", "Module.symvers": "",
		"arch/x86/boot/bzImage": string(imagetest.BzImage(t, imagetest.PVH(t, release))),
	}
	for name, text := range changes {
		if files[name] = text; text == "-" {
			delete(files, name)
		}
	}
	dir := t.TempDir()
	for name, text := range files {
		write(t, filepath.Join(dir, name), text)
	}
	return dir
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

// withTools puts a make and a gcc of the test's own into PATH, and nothing else.
func withTools(t *testing.T) {
	t.Helper()
	dir := t.TempDir()
	for name, script := range map[string]string{"make": "#!/bin/sh\n", "gcc": "#!/bin/sh\necho 'gcc (me) 1.2'\n"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(script), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	t.Setenv("PATH", dir)
}

func openCache(t *testing.T) *cache.Cache {
	t.Helper()
	c, err := cache.At(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestBuiltTree(t *testing.T) {
	withTools(t)
	dir := newTree(t, nil)
	s := Place{Dir: dir}.Source(openCache(t))
	if s.Name != release || s.Series != "6.12" || s.Flags != "-kdir="+dir {
		t.Errorf("Source() = %q, %q, %q; want the release, 6.12 and -kdir", s.Name, s.Series, s.Flags)
	}
	k, err := s.Get(context.Background())
	if err != nil {
		t.Fatalf("Get() = %v", err)
	}
	if k.Release != release || k.Version != release || k.Headers != dir || k.Toolchain.CC != "gcc" || len(k.Virtio) != 0 {
		t.Errorf("Get() = %+v", k)
	}
	if img, err := os.ReadFile(k.Image); err != nil || string(img) != string(imagetest.PVH(t, release)) {
		t.Errorf("image = %d bytes, %v; want the payload", len(img), err)
	}
	write(t, filepath.Join(dir, "arch/x86/boot/bzImage"), string(imagetest.PVH(t, release))+"more")
	again, err := s.Get(context.Background())
	if err != nil || again.Digest == k.Digest || again.Image == k.Image {
		t.Errorf("Get() after another build = %v, %v; want another digest and image", again, err)
	}
}

func TestHeadersAndImage(t *testing.T) {
	withTools(t)
	dir := newTree(t, map[string]string{"arch/x86/boot/bzImage": "-", "include/config/kernel.release": "6.12.99",
		"include/generated/utsrelease.h": "#define UTS_RELEASE \"" + release + "\"\n"})
	image := filepath.Join(t.TempDir(), "boot/vmlinuz")
	write(t, image, string(imagetest.PVH(t, release)))
	modules := filepath.Join(filepath.Dir(image), "../lib/modules", release)
	write(t, filepath.Join(modules, "modules.order"), "")
	s := Place{Dir: dir, Image: image}.Source(openCache(t))
	k, err := s.Get(context.Background())
	if err != nil || k.Modules != modules || s.Flags != "-kdir="+dir+" -image="+image {
		t.Errorf("Get() = %+v, %v, flags %q; want modules %s", k, err, s.Flags, modules)
	}
}

func TestBadKernels(t *testing.T) {
	packed := func(text string) string { return string(imagetest.BzImage(t, []byte(text))) }
	for name, tt := range map[string]struct {
		change map[string]string
		owner  fault.Owner
		want   string
	}{
		"no modules":        {map[string]string{".config": "CONFIG_64BIT=y\n"}, fault.Kernel, "CONFIG_MODULES is not set"},
		"lacks options":     {map[string]string{".config": strings.Replace(config(), "CONFIG_PCI=y", "", 1)}, fault.Kernel, "lacks CONFIG_PCI"},
		"no virtio":         {map[string]string{".config": strings.Replace(config(), "CONFIG_VIRTIO_PCI=y", "", 1)}, fault.Kernel, "no VIRTIO_PCI"},
		"virtio not there":  {map[string]string{".config": strings.Replace(config(), "CONFIG_VIRTIO_PCI=y", "CONFIG_VIRTIO_PCI=m", 1)}, fault.Kernel, "virtio_pci is not among"},
		"not configured":    {map[string]string{".config": "-"}, fault.Kernel, "no .config"},
		"not prepared":      {map[string]string{"scripts/mod/modpost": "-"}, fault.Kernel, "modules_prepare"},
		"no symbols":        {map[string]string{"Module.symvers": "-"}, fault.Kernel, "no Module.symvers"},
		"no release":        {map[string]string{"include/config/kernel.release": "-"}, fault.Kernel, "its release is not known"},
		"no image":          {map[string]string{"arch/x86/boot/bzImage": "-"}, fault.Kernel, "no kernel image"},
		"another release":   {map[string]string{"include/config/kernel.release": "6.12.2"}, fault.Kernel, "the image is 6.12.1-own, the headers are 6.12.2"},
		"for arm64":         {map[string]string{"arch/x86/boot/bzImage": string(imagetest.ELF(t, elf.EM_AARCH64, ""))}, fault.Kernel, "the image is for arm64"},
		"no image at all":   {map[string]string{"arch/x86/boot/bzImage": "#!/bin/sh"}, fault.Kernel, "this is no kernel image"},
		"packed rubbish":    {map[string]string{"arch/x86/boot/bzImage": packed("rubbish")}, fault.Kernel, "must be an ELF"},
		"image cut off":     {map[string]string{"arch/x86/boot/bzImage": packed("rubbish")[:2600]}, fault.Kernel, "cannot unpack"},
		"without PVH":       {map[string]string{"arch/x86/boot/bzImage": string(imagetest.ELF(t, elf.EM_X86_64, "Linux version 6.12.1-own (x)"))}, fault.Kernel, "CONFIG_PVH"},
		"no such compiler":  {map[string]string{".config": strings.Replace(config(), "gcc (me)", "gcc-99 (me)", 1)}, fault.Host, "apt-get install gcc-99"},
		"clang's":           {map[string]string{".config": config() + "CONFIG_CC_IS_CLANG=y\n"}, fault.Host, "not installed: clang"},
		"Makefile, no more": {map[string]string{"Makefile": "-"}, fault.Kernel, "no Makefile"},
	} {
		t.Run(name, func(t *testing.T) {
			withTools(t)
			_, err := Place{Dir: newTree(t, tt.change)}.Source(openCache(t)).Get(context.Background())
			if fault.Of(err) != tt.owner || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("Get() = %v; want a fault of the %s with %q", err, tt.owner, tt.want)
			}
			if _, ok := errors.AsType[*fault.Error](err); !ok {
				t.Errorf("Get() = %T; want a *fault.Error", err)
			}
		})
	}
}

func TestNoTree(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	write(t, file, "")
	for _, dir := range []string{filepath.Join(t.TempDir(), "nowhere"), file} {
		_, err := Place{Dir: dir}.Source(openCache(t)).Get(context.Background())
		if fault.Exit(err) != fault.ExitUsage || !strings.Contains(err.Error(), dir) {
			t.Errorf("Get(%s) = %v; want wrong usage", dir, err)
		}
	}
	_, err := Place{Dir: newTree(t, nil), Image: filepath.Join(file, "x")}.Source(openCache(t)).Get(context.Background())
	if fault.Exit(err) != fault.ExitUsage {
		t.Errorf("Get(no image) = %v; want wrong usage", err)
	}
}

func TestHostKernel(t *testing.T) {
	withTools(t)
	root := t.TempDir()
	s := installed(openCache(t), root, release)
	_, err := s.Get(context.Background())
	if fault.Of(err) != fault.Host || !strings.Contains(err.Error(), "linux-image-"+release) {
		t.Errorf("Get(nothing installed) = %v; want a fault of the host", err)
	}
	write(t, filepath.Join(root, "boot/vmlinuz-"+release), string(imagetest.BzImage(t, imagetest.PVH(t, release))))
	_, err = s.Get(context.Background())
	if fault.Of(err) != fault.Host || !strings.Contains(err.Error(), "linux-headers-"+release) {
		t.Errorf("Get(no headers) = %v; want a fault of the host", err)
	}
	modules := filepath.Join(root, "lib/modules", release)
	if err := os.MkdirAll(modules, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(newTree(t, map[string]string{"arch/x86/boot/bzImage": "-"}), filepath.Join(modules, "build")); err != nil {
		t.Fatal(err)
	}
	k, err := s.Get(context.Background())
	if err != nil || k.Release != release || k.Modules != modules || s.Flags != "-kernel=host" {
		t.Errorf("Get() = %+v, %v, flags %q; want the installed kernel", k, err, s.Flags)
	}
}

// What this machine has is a kernel or an error that says what to do.
func TestHost(t *testing.T) {
	if _, err := exec.LookPath("make"); err != nil {
		t.Skip("make is not installed")
	}
	k, err := Host(openCache(t)).Get(context.Background())
	if e, ok := errors.AsType[*fault.Error](err); err != nil && (!ok || e.Hint == "") {
		t.Errorf("Host() = %v, %v; want a kernel, or what to do", k, err)
	}
}

// TestCompilerElsewhere has a compiler that only the user's PATH leads to, and
// a tree that was built beside its sources: a build has to be told of all.
func TestCompilerElsewhere(t *testing.T) {
	place := t.TempDir()
	t.Setenv("HOME", filepath.Join(place, "home"))
	for name, tt := range map[string]struct {
		program string // below the place; the PATH leads there
		link    string // where it is a link to; "" for a program
		reads   []string
	}{
		"an installation":      {"opt/gcc-1/bin/gcc", "", []string{"opt/gcc-1/bin", "opt/gcc-1"}},
		"a link to one":        {"home/links/gcc", "opt/gcc-2/bin/gcc-2", []string{"home/links", "opt/gcc-2"}},
		"in the home":          {"home/bin/gcc", "", []string{"home/bin", "home/bin"}},
		"in the home, too":     {"home/.local/bin/gcc", "", []string{"home/.local/bin", "home/.local/bin"}},
		"in no folder of bins": {"tools/gcc", "", []string{"tools", "tools"}},
	} {
		t.Run(name, func(t *testing.T) {
			withTools(t) // make
			path := filepath.Join(place, tt.program)
			real := path
			if tt.link != "" {
				real = filepath.Join(place, tt.link)
			}
			write(t, real, "#!/bin/sh\necho 'gcc (me) 1.2'\n")
			if err := os.Chmod(real, 0o755); err != nil {
				t.Fatal(err)
			}
			if real != path {
				if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o755), os.Symlink(real, path)); err != nil {
					t.Fatal(err)
				}
			}
			t.Setenv("PATH", filepath.Dir(path)+":"+os.Getenv("PATH"))
			tree, sources := newTree(t, nil), t.TempDir()
			if err := os.Symlink(sources, filepath.Join(tree, "source")); err != nil {
				t.Fatal(err)
			}
			k, err := Place{Dir: tree}.Source(openCache(t)).Get(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			want := []string{tree, sources}
			for _, dir := range tt.reads {
				want = append(want, filepath.Join(place, dir))
			}
			if !slices.Equal(k.Reads, want) {
				t.Errorf("Reads = %q; want %q", k.Reads, want)
			}
			if len(k.Toolchain.Env) != 1 || !strings.HasPrefix(k.Toolchain.Env[0], "PATH="+filepath.Dir(path)+":/usr/") {
				t.Errorf("Toolchain.Env = %q; want a PATH that leads to the compiler", k.Toolchain.Env)
			}
		})
	}
}
