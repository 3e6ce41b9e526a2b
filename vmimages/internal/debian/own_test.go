// SPDX-License-Identifier: GPL-2.0-only

package debian

import (
	"bytes"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/klauspost/compress/zstd"
	"github.com/ulikunitz/xz"

	"kmodlab/internal/cache"
	"kmodlab/internal/fault"
	"kmodlab/internal/kernel"
	"kmodlab/internal/ko"
	"kmodlab/internal/ko/kotest"
	"kmodlab/internal/step"
	"kmodlab/vmimages/internal/catalogue"
	"kmodlab/vmimages/internal/image/imagetest"
)

// The kernel of these tests is packaged as from 6.19 on.
const splitRelease, splitVersion = "7.3.4+deb13-cloud-amd64", "7.3.4-1"

// splitCatalogue has its series.
func splitCatalogue() *catalogue.Catalogue {
	cat := *testCatalogue
	cat.Flavours = cat.Flavours[:1]
	cat.Series = []catalogue.Series{{Name: "7.3", Suites: []string{testSuite}, Arches: []string{"amd64"}}}
	return &cat
}

// splitChoice is the kernel, as the newest of its series or by its release.
func splitChoice(abi string) catalogue.Choice {
	return catalogue.Choice{Series: "7.3", Flavour: "cloud", Arch: "amd64", Suite: testSuite, ABI: abi}
}

// packed returns the text as the end of a name says.
func packed(t *testing.T, name string, text []byte) string {
	t.Helper()
	var b bytes.Buffer
	var w io.WriteCloser
	var err error
	switch filepath.Ext(name) {
	case ".xz":
		w, err = xz.NewWriter(&b)
	case ".zst":
		w, err = zstd.NewWriter(&b)
	default:
		return string(text)
	}
	if err == nil {
		_, err = w.Write(text)
	}
	if err == nil {
		err = w.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// addModules puts the package of the kernel's own modules into the test suite: five
// that need each other, one not.
func (a *archive) addModules() {
	files := map[string]string{}
	for name, depends := range map[string]string{
		"net/top.ko.xz": "middle-one,plain", "net/middle-one.ko.zst": "bottom", "lib/bottom.ko.xz": "", "lib/plain.ko": "bottom", "net/other.ko.xz": "bottom",
	} {
		files["usr/lib/modules/"+splitRelease+"/kernel/"+name] = packed(a.t, name, kotest.Module(a.t, []string{"depends=" + depends}))
	}
	a.add(testSuite, "linux-modules-"+splitRelease, splitVersion, "amd64", "", files)
}

// newSplitLab is newLab with that kernel, and with a lock that pins it.
func newSplitLab(t *testing.T) (*archive, *catalogue.Lock, *cache.Cache) {
	t.Helper()
	a := newArchive(t)
	a.addToolchain("12.1")
	bin, _, _ := program(t)
	const headers, common, kbuild, lib = "linux-headers-" + splitRelease, "linux-headers-7.3.4+deb13-common", "linux-kbuild-7.3.4+deb13", "usr/lib/modules/" + splitRelease + "/"
	for name, files := range map[string]map[string]string{
		"linux-binary-" + splitRelease: {lib + "vmlinuz": string(imagetest.BzImage(t, imagetest.PVH(t, splitRelease)))},
		"linux-base-" + splitRelease: {lib + "config": "CONFIG_VIRTIO_PCI=y\nCONFIG_VIRTIO_CONSOLE=y\n",
			lib + "modules.order": "kernel/net/top.ko\nkernel/net/middle-one.ko\nkernel/lib/bottom.ko\nkernel/lib/plain.ko\nkernel/net/other.ko\n"},
		common: {"usr/src/" + common + "/Makefile": "all:\n"},
		kbuild: {"usr/lib/" + kbuild + "/scripts/fixdep": bin},
	} {
		a.add(testSuite, name, splitVersion, "amd64", "", files)
	}
	a.add(testSuite, headers, splitVersion, "amd64", common+" (= 1), "+kbuild, map[string]string{
		"usr/src/" + headers + "/Makefile": "include /usr/src/" + common + "/Makefile\n", "usr/src/" + headers + "/Module.symvers": "",
		"usr/src/" + headers + "/include/generated/utsrelease.h": fmt.Sprintf("#define UTS_RELEASE %q\n", splitRelease),
	})
	a.addModules()
	a.publish(testSuite)
	c := newCache(t)
	lock, _, err := a.provider(c, splitCatalogue(), &catalogue.Lock{}, Options{}).Update(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return a, lock, c
}

// splitKernel returns the kernel of the choice.
func (a *archive) splitKernel(c *cache.Cache, lock *catalogue.Lock, ch catalogue.Choice) *kernel.Kernel {
	a.t.Helper()
	k, err := a.provider(c, splitCatalogue(), lock, Options{}).kernel(a.t.Context(), ch)
	if err != nil {
		a.t.Fatal(err)
	}
	return k
}

// ownFiles lists what is in the cache of the kernel's own modules.
func ownFiles(t *testing.T, c *cache.Cache) []string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(c.Root(), kindOwn, "*", "*.ko*"))
	if err != nil {
		t.Fatal(err)
	}
	for i, file := range files {
		files[i] = filepath.Base(file)
	}
	return slices.Sorted(slices.Values(files))
}

// A kernel is had without its own modules, knows which it has, and gets those that
// are asked for with all that they need; pinned or not.
func TestOwnModules(t *testing.T) {
	t.Parallel()
	a, lock, _ := newSplitLab(t)
	for name, tt := range map[string]struct {
		lock   *catalogue.Lock
		choice catalogue.Choice
	}{
		"pinned":     {lock, splitChoice("")},
		"not pinned": {&catalogue.Lock{}, splitChoice("")},
		"a release":  {lock, splitChoice("7.3.4+deb13")},
	} {
		t.Run(name, func(t *testing.T) {
			c, before := newCache(t), a.downloads()
			k := a.splitKernel(c, tt.lock, tt.choice)
			names, err := k.ModuleNames()
			want := map[string]bool{"top": true, "middle_one": true, "bottom": true, "plain": true, "other": true}
			if d := cmp.Diff(want, names); err != nil || d != "" {
				t.Errorf("ModuleNames() = %v, (-want +got):\n%s", err, d)
			}
			if files, err := k.OwnModules(t.Context(), "no_such"); err != nil || len(files) > 0 || a.downloads() != before+7 {
				t.Errorf("OwnModules(no_such) = %v, %v after %d downloads; want none, and the 7 of kernel and compiler", files, err, a.downloads()-before)
			}
			reads := 0
			listening := step.With(t.Context(), func(e step.Event) {
				if e.Kind == step.Ended && strings.HasPrefix(e.Name, "unpack of "+splitRelease) {
					reads++
				}
			})
			files, err := k.OwnModules(listening, "top")
			if err != nil {
				t.Fatal(err)
			}
			if reads != 3 {
				t.Errorf("the package was read %d times; want 3: for top, what it needs, and what that needs", reads)
			}
			modules, err := ko.Closure(files, "top")
			var order []string
			for _, m := range modules {
				order = append(order, m.Name)
			}
			if d := cmp.Diff([]string{"bottom", "middle_one", "plain", "top"}, order); err != nil || d != "" {
				t.Errorf("what top needs: %v, (-want +got):\n%s", err, d)
			}
			if d := cmp.Diff([]string{"bottom.ko.xz", "middle-one.ko.zst", "plain.ko", "top.ko.xz"}, ownFiles(t, c)); d != "" {
				t.Errorf("unpacked (-want +got):\n%s", d)
			}
			if a.downloads() != before+8 {
				t.Errorf("%d downloads; want the package of the modules once", a.downloads()-before)
			}
		})
	}
}

// What was fetched needs no archive; what is damaged is unpacked again.
func TestOwnModulesStay(t *testing.T) {
	a, lock, c := newSplitLab(t)
	cold, err := a.splitKernel(c, lock, splitChoice("")).OwnModules(t.Context(), "top")
	if err != nil {
		t.Fatal(err)
	}
	a.server.Close()
	k := a.splitKernel(c, lock, splitChoice(""))
	if more, err := k.OwnModules(t.Context(), "other"); err != nil || len(more) != 2 {
		t.Errorf("OwnModules(other) without an archive = %v, %v; want it with bottom", more, err)
	}
	write(t, cold["top"], "damaged", 0o644)
	var n notes
	warm, err := k.OwnModules(step.With(t.Context(), n.listen), "top")
	if d := cmp.Diff(cold, warm); err != nil || d != "" || !strings.Contains(n.all(), "the module top of "+splitRelease+" in the cache is damaged") {
		t.Errorf("OwnModules(top) again = %v, notes %q, (-cold +warm):\n%s", err, n.all(), d)
	}
	if m, err := ko.Open(warm["top"]); err != nil || m.Name != "top" {
		t.Errorf("what was damaged is %v, %v; want it mended", m, err)
	}
	t.Setenv("PATH", "/nowhere") // nor apt or dpkg
	if again, err := k.OwnModules(t.Context(), "top", "other"); err != nil || len(again) != 5 {
		t.Errorf("OwnModules(top, other) = %v, %v; want five", slices.Collect(maps.Keys(again)), err)
	}
}

// Whose fault it is that they cannot be had, and what to do.
func TestOwnModulesGone(t *testing.T) {
	const gone = "does not have the modules of " + splitRelease
	for name, tt := range map[string]struct {
		trouble func(a *archive, lock *catalogue.Lock)
		says    string
		owner   fault.Owner
	}{
		"no longer in the archive": {func(a *archive, _ *catalogue.Lock) {
			a.remove(testSuite, "linux-modules")
			a.publish(testSuite)
		}, gone, fault.Archive},
		"never in the archive": {func(_ *archive, lock *catalogue.Lock) { lock.Kernels[0].Modules = catalogue.Package{} },
			"no package linux-modules-" + splitRelease, fault.Archive},
		"another package": {func(_ *archive, lock *catalogue.Lock) { lock.Kernels[0].Modules.SHA256 = strings.Repeat("0", 64) },
			"is not the one that is pinned", fault.Archive},
		"no file": {func(a *archive, _ *catalogue.Lock) {
			for file := range a.files {
				if strings.Contains(file, "linux-modules") {
					delete(a.files, file)
				}
			}
		}, "that it does not have", fault.Archive},
		"no network": {func(a *archive, _ *catalogue.Lock) { a.server.Close() }, "cannot reach the archive", fault.Archive},
		"without the module": {func(a *archive, lock *catalogue.Lock) {
			a.remove(testSuite, "linux-modules")
			lock.Kernels[0].Modules = a.add(testSuite, "linux-modules-"+splitRelease, splitVersion, "amd64", "", map[string]string{"usr/share/doc/x": "x"})
			a.publish(testSuite)
		}, "has no module top", fault.Harness},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a, lock, c := newSplitLab(t)
			a.splitKernel(c, lock, splitChoice(""))
			for _, updated := range must(filepath.Glob(filepath.Join(c.Root(), kindApt, "*", "updated"))) {
				os.Remove(updated) // it is tomorrow
			}
			tt.trouble(a, lock)
			files, err := a.splitKernel(c, lock, splitChoice("")).OwnModules(t.Context(), "top")
			if fault.Of(err) != tt.owner || !strings.Contains(fmt.Sprint(err), tt.says) || strings.Count(fmt.Sprint(err), "hint:") != 1 {
				t.Errorf("OwnModules(top) = %v, %v; want a fault of %q with %q and one hint", files, err, tt.owner, tt.says)
			}
		})
	}
}

// must is for a pattern that is well formed.
func must(paths []string, err error) []string {
	if err != nil {
		panic(err)
	}
	return paths
}

// A list of kernels tells what their own modules cost, and an update of a lock that
// has none pins them.
func TestModulesArePinned(t *testing.T) {
	t.Parallel()
	a, lock, c := newSplitLab(t)
	if got := lock.Kernels[0].Modules; got.Name != "linux-modules-"+splitRelease || got.Version != splitVersion || got.Size == 0 {
		t.Errorf("pinned are the modules %v; want those of %s", got, splitRelease)
	}
	for _, pkg := range lock.Kernels[0].Packages {
		if strings.HasPrefix(pkg.Name, modulesPackage) {
			t.Errorf("%v is fetched with the kernel", pkg)
		}
	}
	rows, err := a.provider(c, splitCatalogue(), lock, Options{}).List(t.Context())
	if err != nil || len(rows) != 1 || rows[0].Whole || rows[0].Modules != lock.Kernels[0].Modules.Size || rows[0].Size != lock.Kernels[0].Size() {
		t.Errorf("List() = %+v, %v; want the modules' size beside the kernel's", rows, err)
	}
	old := &catalogue.Lock{Kernels: slices.Clone(lock.Kernels), Toolchains: lock.Toolchains}
	old.Kernels[0].Modules = catalogue.Package{}
	renewed, changes, err := a.provider(c, splitCatalogue(), old, Options{}).Update(t.Context())
	want := []Change{{Name: "7.3 cloud", Old: splitRelease + " (7.3.4-1)", New: splitRelease + " (7.3.4-1)", Packages: 1}}
	if d := cmp.Diff(want, changes); err != nil || d != "" {
		t.Errorf("Update() = %v, changes (-want +got):\n%s", err, d)
	}
	if d := cmp.Diff(lock, renewed); d != "" {
		t.Errorf("Update() of a lock without modules (-want +got):\n%s", d)
	}
}
