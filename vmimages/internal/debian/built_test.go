// SPDX-License-Identifier: GPL-2.0-only

package debian

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"kmodlab/internal/cache"
	"kmodlab/internal/fault"
	"kmodlab/internal/kernel"
	"kmodlab/internal/step"
	"kmodlab/vmimages/internal/catalogue"
	"kmodlab/vmimages/internal/compile"
	"kmodlab/vmimages/internal/image/imagetest"
)

// builtRelease56 is what the test kernel calls itself as it is built.
const builtRelease56 = "6.1.56-debug-amd64"

// fakeMake configures whatever is wished for, and compiles a source after the
// other. While there is a file "wait" in the folder of objects, it waits for ever.
const fakeMake = `#!/bin/sh
set -e
for word; do case $word in O=*) out=${word#O=} ;; esac; done
case "$*" in *" -n "*) exit 0 ;; esac
for word; do
	case $word in
	kernelversion) echo 6.1.56 ;;
	allnoconfig) cat "$KCONFIG_ALLCONFIG" > "$out/.config" ;;
	vmlinux)
		[ -e "$out/a.o" ] || echo "  CC      a.o"
		touch "$out/a.o"
		if [ -e "$out/wait" ]; then echo "  CC      b.o"; sleep 1000; fi
		cp "${0%/*}/image" "$out/vmlinux"
		mkdir -p "$out/include/config"
		echo "0x1	printk	vmlinux	EXPORT_SYMBOL	" > "$out/vmlinux.symvers" ;;
	esac
done
`

var builtCatalogue = func() *catalogue.Catalogue {
	c := *testCatalogue
	c.Built = []catalogue.Built{{Flavour: "debug", Arch: "amd64", Config: "debug.config", Series: []string{"6.1"}}}
	tools := c.Toolchains[0]
	tools.Kernel = []string{"flex"}
	c.Toolchains = []catalogue.Toolchain{tools}
	return &c
}()

// builtLab is an archive with what a kernel is built of.
type builtLab struct {
	*archive
	lock    *catalogue.Lock
	cache   *cache.Cache
	options Options
}

func newBuiltLab(t *testing.T) *builtLab {
	t.Helper()
	for _, program := range []string{"xz"} {
		if _, err := exec.LookPath(program); err != nil {
			t.Skip("needs xz: ", err)
		}
	}
	a, _, c := newLab(t)
	a.add(toolSuite, "flex", "2.6", "amd64", "", map[string]string{"usr/bin/make": fakeMake, "usr/bin/strip": "#!/bin/sh\ncp \"$4\" \"$3\"\n",
		"usr/bin/image": string(imagetest.PVH(t, builtRelease56)), "usr/include/libelf.h": "x", "usr/include/elf.h": "x"})
	a.publish(toolSuite)
	for _, version := range []string{"6.1.55-1", "6.1.56-1", "6.1.57-1"} {
		a.addSources(version)
	}
	a.publish(testSuite)
	lab := &builtLab{archive: a, cache: c, options: Options{Configs: fstest.MapFS{"debug.config": {Data: []byte("CONFIG_KASAN=y # x\n")}}}}
	lock, _, err := a.provider(newCache(t), builtCatalogue, &catalogue.Lock{}, lab.options).Update(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	lab.lock = lock
	return lab
}

// addSources puts the sources of a version into the test suite.
func (a *archive) addSources(version string) {
	a.t.Helper()
	dir := a.t.TempDir()
	for name, text := range map[string]string{"Makefile": "", "Kbuild": "", "scripts/kconfig/Makefile": "", "include/linux/list.h": "list", "Kconfig": "config KASAN\n",
		"arch/arm64/x.c": "", "tools/perf/x.c": "", "Documentation/Kconfig": "", "arch/x86/Kconfig": ""} {
		write(a.t, filepath.Join(dir, "l", name), text, 0o644)
	}
	packed, err := exec.Command("tar", "-C", dir, "-cJ", "l").Output()
	if err != nil {
		a.t.Fatal(err)
	}
	a.add(testSuite, "linux-source-6.1", version, "all", "", map[string]string{kernelSource + "6.1.tar.xz": string(packed)})
}

func (l *builtLab) provider() *Provider {
	return l.archive.provider(l.cache, builtCatalogue, l.lock, l.options)
}

// site is where the kernel is built.
func (l *builtLab) site() site {
	p := l.provider()
	in := p.siteInputs(plan{sources: l.pinned("6.1 debug"), with: builder{builtCatalogue.Trees()[1], l.pinned("gcc-12-kernel")}})
	return site{p.place(in)}
}

func (l *builtLab) pinned(name string) catalogue.Pin {
	for _, pin := range append(l.lock.Kernels, l.lock.Toolchains...) {
		if pin.Name == name {
			return pin
		}
	}
	l.t.Fatalf("%s is not pinned", name)
	return catalogue.Pin{}
}

// Sources are pinned of the release whose image is, though there are newer ones;
// where there are none of it, that is told.
func TestUpdateOfBuiltKernels(t *testing.T) {
	t.Parallel()
	lab := newBuiltLab(t)
	pin := lab.pinned("6.1 debug")
	if pin.Version != "6.1.56-1" || pin.Release != builtRelease56 || len(pin.Packages) != 1 || pin.Packages[0].Version != "6.1.56-1" {
		t.Errorf("pinned is %+v; want the sources of 6.1.56-1", pin)
	}
	if tools := lab.pinned("gcc-12-kernel"); len(tools.Packages) != 3 {
		t.Errorf("pinned is %+v; want the compiler's packages and flex", tools)
	}
	lab.remove(testSuite, "linux-source-6.1")
	lab.addSources("6.1.57-1")
	lab.publish(testSuite)
	var n notes
	lock, _, err := lab.archive.provider(newCache(t), builtCatalogue, lab.lock, lab.options).Update(step.With(t.Context(), n.listen))
	if err != nil {
		t.Fatal(err)
	}
	if _, ok := lock.Kernel("6.1", "debug", "amd64"); ok || !strings.Contains(n.all(), "6.1 debug is not pinned: lab-security has no linux-source-6.1 of version 6.1.56-1, which is that of the image; it has 6.1.57-1") {
		t.Errorf("pinned: %t, notes %q; want one that tells which sources there are", ok, n.all())
	}
}

func TestBuiltKernel(t *testing.T) {
	t.Parallel()
	lab := newBuiltLab(t)
	p := lab.provider()
	k, said, err := get(p, "debug")
	if err != nil || said != "" {
		t.Fatalf("Kernel(6.1 debug) = %v, notes %q; want neither error nor note", err, said)
	}
	want := &kernel.Kernel{Series: "6.1", Release: builtRelease56, Version: "6.1.56-1", Arch: "amd64", Flavour: "debug", Origin: testSuite, Digest: sum(imagetest.PVH(t, builtRelease56))}
	want.Image, want.Config, want.Headers, want.Toolchain, want.Reads, want.HeadersKey = k.Image, k.Config, k.Headers, k.Toolchain, k.Reads, k.HeadersKey
	if d := cmp.Diff(want, k); d != "" {
		t.Errorf("Kernel(6.1 debug) (-want +got):\n%s", d)
	}
	if !slices.Contains(k.Toolchain.Flags, "-g") {
		t.Errorf("modules are compiled with %q; want debug information, for lines of their sources", k.Toolchain.Flags)
	}
	if k.HeadersKey == "" || k.Toolchain.CC != "gcc-12" {
		t.Errorf("headers are called %q, the compiler %q", k.HeadersKey, k.Toolchain.CC)
	}
	if err := present(k.Headers, "include/linux/list.h", "Module.symvers", ".config"); err != nil {
		t.Error(err)
	}
	if text, err := os.ReadFile(k.Config); err != nil || !strings.Contains(string(text), "CONFIG_KASAN=y") {
		t.Errorf("the configuration is %q, %v", text, err)
	}
	if _, err := os.Stat(lab.site().dir); err == nil {
		t.Error("the folder that it was built in is still there")
	}
	before := lab.downloads()
	again, said, err := get(lab.provider(), "debug")
	if d := cmp.Diff(k, again); err != nil || said != "" || d != "" || lab.downloads() != before {
		t.Errorf("the second time it is %v, %q, after %d downloads (-first +second):\n%s", err, said, lab.downloads()-before, d)
	}
	rows, err := p.List(t.Context())
	if err != nil || len(rows) != 2 || rows[1].Name != "6.1 debug" || !rows[1].Cached || !rows[1].Pinned || rows[1].Download != 0 {
		t.Errorf("List() = %+v, %v; want the kernel, in the cache", rows, err)
	}
}

// A damaged kernel is built again.
func TestDamagedBuiltKernel(t *testing.T) {
	t.Parallel()
	lab := newBuiltLab(t)
	k, _, err := get(lab.provider(), "debug")
	if err != nil {
		t.Fatal(err)
	}
	write(t, k.Image, "garbage", 0o644)
	if _, said, err := get(lab.provider(), "debug"); err != nil || !strings.Contains(said, "is damaged") || !strings.Contains(said, "building it again") {
		t.Errorf("Kernel() = %v, notes %q; want a note of the damage", err, said)
	}
}

// What is interrupted goes on where it was, at whatever stage.
func TestBuiltKernelIsInterrupted(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		at    func(e step.Event) bool
		left  []string // files, in the site
		gone  []string
		again string // a step that is not taken again
	}{
		"download": {func(e step.Event) bool {
			return e.Kind == step.Began && strings.HasPrefix(e.Name, "download 6.1 debug")
		}, nil, []string{"sources"}, ""},
		"unpacking": {func(e step.Event) bool {
			return e.Kind == step.Began && strings.HasPrefix(e.Name, "unpack the sources")
		}, nil, []string{"sources"}, "download 6.1 debug"},
		"configuration": {func(e step.Event) bool { return e.Kind == step.Began && strings.HasPrefix(e.Name, "configure") }, []string{"sources/Makefile"}, nil,
			"unpack the sources"},
		"compilation": {func(e step.Event) bool {
			return e.Kind == step.Advanced && strings.HasPrefix(e.Name, "compile") && e.Done == 2
		},
			[]string{"sources/Makefile", "objects/a.o"}, nil, "unpack the sources"},
		"the end": {func(e step.Event) bool { return e.Kind == step.Began && strings.HasPrefix(e.Name, "take the image") }, []string{"objects/vmlinux"}, nil,
			"unpack the sources"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			lab := newBuiltLab(t)
			s := lab.site()
			wait := filepath.Join(s.objects(), "wait")
			if name == "compilation" {
				write(t, wait, "", 0o644)
			}
			stop := errors.New("enough")
			ctx, cancel := context.WithCancelCause(t.Context())
			_, err := lab.provider().kernel(step.With(ctx, func(e step.Event) {
				if tt.at(e) {
					cancel(stop)
				}
			}), choice("debug"))
			if !errors.Is(err, stop) {
				t.Fatalf("Kernel() = %v; want what it was interrupted with", err)
			}
			if err := present(s.dir, tt.left...); err != nil {
				t.Error("what was done is lost:", err)
			}
			for _, file := range tt.gone {
				if present(s.dir, file) == nil {
					t.Errorf("%s is there, half of it", file)
				}
			}
			os.Remove(wait)
			_, err = lab.provider().kernel(step.With(t.Context(), func(e step.Event) {
				if tt.again != "" && e.Kind == step.Began && strings.HasPrefix(e.Name, tt.again) {
					t.Errorf("%q is done again", e.Name)
				}
			}), choice("debug"))
			if err != nil {
				t.Errorf("the second time it is %v", err)
			}
		})
	}
}

func TestBuiltKernelRefuses(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		change func(l *builtLab)
		owner  fault.Owner
		want   string
	}{
		"sources of another version": {func(l *builtLab) { l.lock.Kernels[0].Version = "6.1.57-1" }, fault.Harness, "sources and image of 6.1 are of different versions: 6.1.56-1 and 6.1.57-1"},
		"sources that are gone": {func(l *builtLab) {
			l.remove(testSuite, "linux-source-6.1")
			l.addSources("6.1.57-1")
			l.publish(testSuite)
		}, fault.Archive, "has no linux-source-6.1 of version 6.1.56-1"},
		"sources that the mirror lacks": {func(l *builtLab) { delete(l.files, "/debian-security/pool/linux-source-6.1_6.1.56-1_all.deb") }, fault.Archive, "does not have"},
		"an option that is none": {func(l *builtLab) {
			l.options.Configs = fstest.MapFS{"debug.config": {Data: []byte("CONFIG_KASSAN=y # x\n")}}
		}, fault.Harness, "no option CONFIG_KASSAN"},
		"a configuration that is none": {func(l *builtLab) { l.options.Configs = fstest.MapFS{"debug.config": {Data: []byte("KASAN\n")}} }, fault.Harness, "vmimages/debug.config:1"},
		"no configuration":             {func(l *builtLab) { l.options.Configs = fstest.MapFS{} }, fault.Harness, "debug.config"},
		"a locked one that is not pinned": {func(l *builtLab) {
			l.options.Locked = true
			l.lock.Kernels = l.lock.Kernels[:1]
		}, fault.Usage, "does not pin 6.1 debug"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			lab := newBuiltLab(t)
			tt.change(lab)
			if _, _, err := get(lab.provider(), "debug"); fault.Of(err) != tt.owner || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("Kernel() = %v; want a fault of %s with %q", err, tt.owner, tt.want)
			}
		})
	}
}

// There is no room for a kernel, unless most of it is there already.
func TestRoomToBuild(t *testing.T) {
	s := site{t.TempDir()}
	if err := s.roomy(1); err != nil {
		t.Errorf("for a byte there is: %v", err)
	}
	err := s.roomy(1 << 60)
	if fault.Of(err) != fault.Host || !strings.Contains(err.Error(), "no room to build a kernel in") || !strings.Contains(err.Error(), cache.Env) {
		t.Errorf("roomy(2^60) = %v; want a fault of the host", err)
	}
	write(t, filepath.Join(s.sources(), "a"), strings.Repeat("x", 1<<16), 0o644)
	if got := taken(s.dir); got < 1<<16 {
		t.Errorf("%d bytes are taken; want 64 KB and more", got)
	}
}

func TestBuiltRelease(t *testing.T) {
	for version, want := range map[string]string{
		"6.12.118-1":       "6.12.118-debug-amd64",
		"6.1.192-2~deb11":  "6.1.192-debug-amd64",
		"7.3.4-1~bpo13+1":  "7.3.4-debug-amd64",
		"7.3~rc7-1~exp1":   "7.3.0-rc7-debug-amd64",
		"7.3-1":            "7.3.0-debug-amd64",
		"5.10.262-1+b1":    "5.10.262-debug-amd64",
		"7.3.4":            "7.3.4-debug-amd64",
		"6.12.117-1~deb12": "6.12.117-debug-amd64",
	} {
		if got := builtRelease(version, "debug", "amd64"); got != want {
			t.Errorf("builtRelease(%s) = %q; want %q", version, got, want)
		}
	}
}

// builtWish is a plan, and who makes it.
type builtWish struct {
	*wish
	plan plan
}

func newBuiltWish(t *testing.T) *builtWish {
	w := newWish(t)
	return &builtWish{w, plan{sources: w.pin, with: builder{w.tools, catalogue.Pin{Name: "gcc-12-kernel", Packages: []catalogue.Package{{SHA256: strings.Repeat("e", 64)}, {SHA256: strings.Repeat("f", 64)}}}},
		options: []compile.Option{{Name: "KASAN", Value: "y", Why: "x"}}, modules: "/cache/toolchain/x"}}
}
