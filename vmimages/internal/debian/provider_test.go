// SPDX-License-Identifier: GPL-2.0-only

package debian

import (
	"context"
	"debug/elf"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"kmodlab/internal/cache"
	"kmodlab/internal/fault"
	"kmodlab/internal/kernel"
	"kmodlab/internal/step"
	"kmodlab/vmimages/internal/catalogue"
	"kmodlab/vmimages/internal/image/imagetest"
)

const testSuite, toolSuite = "lab-security", "lab"

var testCatalogue = &catalogue.Catalogue{
	Host: "amd64", Flavours: []string{"cloud", "amd64"},
	Series:     []catalogue.Series{{Name: "6.1", Suites: []string{testSuite}, Arches: []string{"amd64"}, Test: true}},
	Toolchains: []catalogue.Toolchain{{Name: "gcc-12", Arch: "amd64", Builds: []string{testSuite}, Suite: toolSuite, CC: "gcc-12", Packages: []string{"gcc-12", "libc6"}}},
}

// choice is the test kernel in one of its flavours.
func choice(flavour string) catalogue.Choice {
	return catalogue.Choice{Series: "6.1", Flavour: flavour, Arch: "amd64", Suite: testSuite}
}

// program returns the file of a dynamically linked program that does nothing,
// with its loader and its C library.
func program(t *testing.T) (program, loader, libc string) {
	t.Helper()
	if runtime.GOARCH != "amd64" {
		t.Skip("the toolchains are for amd64")
	}
	read := func(name string) string {
		content, err := os.ReadFile(name)
		if err != nil {
			t.Skipf("needs a dynamically linked program: %v", err)
		}
		return string(content)
	}
	return read("/bin/true"), read("/lib64/ld-linux-x86-64.so.2"), read("/lib/x86_64-linux-gnu/libc.so.6")
}

// addToolchain publishes the test toolchain.
func (a *archive) addToolchain(version string) {
	bin, loader, libc := program(a.t)
	a.add(toolSuite, "gcc-12", version, "amd64", "", map[string]string{"usr/bin/gcc-12": bin, "usr/bin/gcov-12": bin, "usr/share/doc/gcc-12/copyright": "x"})
	a.add(toolSuite, "libc6", version, "amd64", "", map[string]string{
		"lib/x86_64-linux-gnu/ld-linux-x86-64.so.2": loader, "lib/x86_64-linux-gnu/libc.so.6": libc, // from before the merge of /usr
	})
	a.publish(toolSuite)
}

// addKernel puts 6.1.0-ABI into the test suite.
func (a *archive) addKernel(abi, flavour string) {
	bin, _, _ := program(a.t)
	release, version := "6.1.0-"+abi+"-"+flavour+"-amd64", "6.1."+abi+"-1"
	if flavour == "amd64" {
		release = "6.1.0-" + abi + "-amd64"
	}
	headers := "usr/src/linux-headers-" + release
	common := "linux-headers-6.1.0-" + abi + "-common"
	a.add(testSuite, "linux-image-"+release, version, "amd64", "", map[string]string{
		"boot/vmlinuz-" + release:                                 string(imagetest.BzImage(a.t, imagetest.PVH(a.t, release))),
		"boot/config-" + release:                                  "CONFIG_VIRTIO_PCI=y\nCONFIG_VIRTIO_CONSOLE=y\n",
		"lib/modules/" + release + "/kernel/drivers/net/dummy.ko": "dummy",
		"usr/share/doc/x":                                         "x",
	})
	a.add(testSuite, "linux-headers-"+release, version, "amd64", common+" (= 1), linux-kbuild-6.1 (>= 1), gcc-12", map[string]string{
		headers + "/Makefile":                       "include /usr/src/" + common + "/Makefile\n",
		headers + "/include/generated/utsrelease.h": fmt.Sprintf("#define UTS_RELEASE %q\n", release),
		headers + "/Module.symvers":                 "0x1\tprintk\tvmlinux\tEXPORT_SYMBOL\n",
	})
	if strings.Contains(a.stanzas[testSuite], common+"\n") {
		return // of another flavour of this kernel
	}
	a.add(testSuite, common, version, "all", "", map[string]string{
		"usr/src/" + common + "/Makefile": "all:\n", "usr/src/" + common + "/arch/arm/Makefile": "", "usr/src/" + common + "/arch/x86/Makefile": "",
	})
	a.add(testSuite, "linux-kbuild-6.1", version, "amd64", "", map[string]string{"usr/lib/linux-kbuild-6.1/scripts/fixdep": bin})
}

// newLab returns an archive with one kernel, a lock that pins it and an empty
// cache.
func newLab(t *testing.T) (*archive, *catalogue.Lock, *cache.Cache) {
	t.Helper()
	a := newArchive(t)
	a.addToolchain("12.1")
	a.addKernel("56", "cloud")
	a.publish(testSuite)
	return a, a.lock(), newCache(t)
}

// lock pins what the archive has, without the help of apt.
func (a *archive) lock() *catalogue.Lock {
	a.t.Helper()
	tools, err := chooseToolchain(a.entries(toolSuite), testCatalogue.Toolchains[0], "amd64")
	if err != nil {
		a.t.Fatal(err)
	}
	return &catalogue.Lock{Kernels: []catalogue.Pin{a.pin("cloud")}, Toolchains: []catalogue.Pin{tools}}
}

// pin pins the newest kernel of the flavour.
func (a *archive) pin(flavour string) catalogue.Pin {
	a.t.Helper()
	pin, err := chooseKernel(a.entries(testSuite), choice(flavour), "amd64")
	if err != nil {
		a.t.Fatal(err)
	}
	return pin
}

func (a *archive) entries(suite string) []entry {
	a.t.Helper()
	all, err := parseIndex(strings.NewReader(a.stanzas[suite]), func(string) bool { return true })
	if err != nil {
		a.t.Fatal(err)
	}
	return all
}

func newCache(t *testing.T) *cache.Cache {
	t.Helper()
	c, err := cache.At(filepath.Join(t.TempDir(), "cache"))
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// get asks for the kernel 6.1 and returns it with the notes that were made.
func get(p *Provider, flavour string) (*kernel.Kernel, string, error) {
	var n notes
	k, err := p.kernel(step.With(context.Background(), n.listen), choice(flavour))
	return k, n.all(), err
}

func TestUpdate(t *testing.T) {
	t.Parallel()
	a, want, c := newLab(t)
	lock, changes, err := a.provider(c, testCatalogue, &catalogue.Lock{}, Options{}).Update(t.Context())
	if d := cmp.Diff(want, lock); err != nil || d != "" {
		t.Errorf("Update() = %v, lock (-want +got):\n%s", err, d)
	}
	wantChanges := []Change{{Name: "6.1 cloud", New: "6.1.0-56-cloud-amd64 (6.1.56-1)", Packages: 4}, {Name: "gcc-12", New: "gcc-12 12.1", Packages: 2}}
	if d := cmp.Diff(wantChanges, changes); d != "" {
		t.Errorf("changes of an empty lock (-want +got):\n%s", d)
	}
}

func TestKernelIsUsable(t *testing.T) {
	t.Parallel()
	a, lock, c := newLab(t)
	k, said, err := get(a.provider(c, testCatalogue, lock, Options{Locked: true}), "cloud")
	if err != nil || said != "" {
		t.Fatalf("Kernel(6.1) = %v, notes %q; want neither error nor note", err, said)
	}
	want := &kernel.Kernel{Series: "6.1", Release: "6.1.0-56-cloud-amd64", Version: "6.1.56-1", Arch: "amd64", Flavour: "cloud", Origin: testSuite}
	want.Image, want.Config, want.Headers, want.Modules, want.Toolchain = k.Image, k.Config, k.Headers, k.Modules, k.Toolchain
	want.Reads = []string{filepath.Join(k.Headers, "../.."), filepath.Join(k.Toolchain.Bin, "../..")} // usr of the headers, all of the toolchain
	want.Digest, want.HeadersKey = sum(imagetest.PVH(t, want.Release)), headersKey(lock.Kernels[0])
	if d := cmp.Diff(want, k); d != "" {
		t.Errorf("Kernel(6.1) (-want +got):\n%s", d)
	}
	for _, file := range []string{k.Config, filepath.Join(k.Headers, "Module.symvers"), filepath.Join(k.Modules, "kernel/drivers/net/dummy.ko"),
		filepath.Join(k.Headers, "../linux-headers-6.1.0-56-common/arch/x86/Makefile")} {
		if _, err := os.Stat(file); err != nil {
			t.Errorf("a file is missing: %v", err)
		}
	}
	if output, err := exec.Command("make", "-C", k.Headers).CombinedOutput(); err != nil {
		t.Errorf("make in the headers: %v\n%s", err, output)
	}
	kbuild := filepath.Join(filepath.Dir(k.Image), "usr/lib/linux-kbuild-6.1/scripts/fixdep")
	for _, wrapped := range []string{filepath.Join(k.Toolchain.Bin, "gcc-12"), kbuild} {
		if output, err := exec.Command(wrapped).CombinedOutput(); err != nil {
			t.Errorf("%s: %v\n%s", wrapped, err, output)
		}
		if _, err := elf.Open(wrapped); err == nil {
			t.Errorf("%s is a program; want a script that runs it", wrapped)
		}
	}
	if _, err := os.Stat(filepath.Join(k.Toolchain.Bin, "gcov-12")); err == nil {
		t.Error("the toolchain holds gcov, which compiles nothing")
	}
}

func TestWarmKernelNeedsNoArchive(t *testing.T) {
	a, lock, c := newLab(t)
	p := a.provider(c, testCatalogue, lock, Options{})
	cold, _, err := get(p, "cloud")
	if err != nil {
		t.Fatal(err)
	}
	a.server.Close()
	t.Setenv("PATH", "/nowhere") // nor apt
	warm, said, err := get(a.provider(c, testCatalogue, lock, Options{}), "cloud")
	if d := cmp.Diff(cold, warm); err != nil || said != "" || d != "" {
		t.Errorf("second Kernel(6.1): %v, notes %q, (-cold +warm):\n%s", err, said, d)
	}
}

func TestGonePins(t *testing.T) {
	t.Parallel()
	a, lock, c := newLab(t)
	a.remove(testSuite, "6.1") // all of it
	a.addKernel("57", "cloud")
	a.publish(testSuite)

	_, _, err := get(a.provider(newCache(t), testCatalogue, lock, Options{Locked: true}), "cloud")
	if fault.Of(err) != fault.Archive || !strings.Contains(fmt.Sprint(err), "what kernels.lock pins for 6.1 cloud is gone") {
		t.Errorf("locked: Kernel(6.1) = %v; want a fault of the archive that names the pin", err)
	}

	for _, state := range []string{"first", "again", "without archive"} {
		if _, _, err := get(a.provider(c, testCatalogue, lock, Options{Locked: true}), "cloud"); err == nil {
			t.Errorf("%s: locked: Kernel(6.1) takes what was chosen; want an error", state)
		}
		if state == "without archive" {
			a.server.Close()
		}
		k, said, err := get(a.provider(c, testCatalogue, lock, Options{}), "cloud")
		if err != nil {
			t.Fatalf("%s: Kernel(6.1) = %v; want the newest", state, err)
		}
		if want := "6.1 cloud: pinned is 6.1.0-56-cloud-amd64 (6.1.56-1), which lab-security no longer has; taking 6.1.0-57-cloud-amd64 (6.1.57-1)"; k.Version != "6.1.57-1" || said != want {
			t.Errorf("%s: Kernel(6.1) = version %s, note %q; want 6.1.57-1, %q", state, k.Version, said, want)
		}
	}

	rows, err := a.provider(c, testCatalogue, lock, Options{}).List(t.Context())
	if err != nil || len(rows) != 1 || rows[0].Pinned || !rows[0].Cached || rows[0].Version != "6.1.57-1" {
		t.Errorf("List() = %+v, %v; want the one that was chosen", rows, err)
	}
}

// TestPartReplaced has the archive replace one package of a kernel, as it does
// with linux-kbuild when the next release of a series is on its way.
func TestPartReplaced(t *testing.T) {
	t.Parallel()
	a, lock, c := newLab(t)
	a.remove(testSuite, "kbuild")
	bin, _, _ := program(t)
	a.add(testSuite, "linux-kbuild-6.1", "6.1.56-2", "amd64", "", map[string]string{"usr/lib/linux-kbuild-6.1/scripts/fixdep": bin})
	a.publish(testSuite)
	k, said, err := get(a.provider(c, testCatalogue, lock, Options{}), "cloud")
	want := "6.1 cloud: pinned is linux-kbuild-6.1 (6.1.56-1), which lab-security no longer has; taking linux-kbuild-6.1 (6.1.56-2)"
	if err != nil || k.Version != "6.1.56-1" || said != want {
		t.Errorf("Kernel(6.1) = %v, %v, note %q; want 6.1.56-1, %q", k, err, said, want)
	}
}

// TestArchiveMovesOnUnseen has the archive change while the index that was read
// a moment ago still counts as fresh.
func TestArchiveMovesOnUnseen(t *testing.T) {
	t.Parallel()
	a, lock, c := newLab(t)
	p := a.provider(c, testCatalogue, lock, Options{})
	if _, _, err := p.Update(t.Context()); err != nil {
		t.Fatal(err)
	}
	a.remove(testSuite, "6.1")
	a.addKernel("57", "cloud")
	a.publish(testSuite)
	k, said, err := get(p, "cloud")
	if err != nil || k.Version != "6.1.57-1" || !strings.Contains(said, "taking 6.1.0-57-cloud-amd64") {
		t.Errorf("Kernel(6.1) = %v, %v, note %q; want 6.1.57-1", k, err, said)
	}
}

// TestLackingFiles has a mirror list kernels whose images it does not have.
func TestLackingFiles(t *testing.T) {
	t.Parallel()
	lose := func(a *archive, image string) {
		for file := range a.files {
			if strings.Contains(file, image) {
				delete(a.files, file)
			}
		}
	}
	a, _, _ := newLab(t)
	for _, abi := range []string{"57", "58"} {
		a.addKernel(abi, "cloud")
	}
	a.publish(testSuite)
	lock := a.lock() // pins 6.1.0-58
	lose(a, "linux-image-6.1.0-58")
	if _, _, err := get(a.provider(newCache(t), testCatalogue, lock, Options{Locked: true}), "cloud"); fault.Of(err) != fault.Archive || !strings.Contains(fmt.Sprint(err), "that it does not have") {
		t.Errorf("locked: Kernel(6.1) = %v; want that the archive lacks files", err)
	}
	lose(a, "linux-image-6.1.0-57")
	c := newCache(t)
	clear(a.requests)
	for _, state := range []string{"first", "again"} {
		k, said, err := get(a.provider(c, testCatalogue, lock, Options{}), "cloud")
		if want := "which lab-security no longer has; taking 6.1.0-56-cloud-amd64"; err != nil || k.Release != "6.1.0-56-cloud-amd64" || !strings.Contains(said, want) {
			t.Errorf("%s: Kernel(6.1) = %v, %v, note %q; want 6.1.0-56 and %q", state, k, err, said, want)
		}
	}
	for path, times := range a.requests {
		if strings.Contains(path, "linux-image-6.1.0-58") && times > 2 { // and once more, should the mirror be renewed
			t.Errorf("%s was asked for %d times; want 2", path, times)
		}
	}
	point := choice("cloud")
	point.ABI = "6.1.0-58"
	if _, err := a.provider(newCache(t), testCatalogue, lock, Options{}).kernel(t.Context(), point); fault.Of(err) != fault.Archive {
		t.Errorf("Kernel(6.1.0-58) = %v; want that the archive lacks files: another one will not do", err)
	}
	lose(a, "linux-image-6.1.0-56")
	if _, _, err := get(a.provider(newCache(t), testCatalogue, lock, Options{}), "cloud"); fault.Of(err) != fault.Archive || !strings.Contains(fmt.Sprint(err), "6.1.0-58") {
		t.Errorf("Kernel(6.1) without any image = %v; want what the newest one lacks", err)
	}
}

func TestUnpinnedFlavour(t *testing.T) {
	t.Parallel()
	a, lock, c := newLab(t)
	a.addKernel("56", "amd64")
	a.publish(testSuite)
	if _, _, err := get(a.provider(c, testCatalogue, lock, Options{Locked: true}), "amd64"); fault.Of(err) != fault.Usage {
		t.Errorf("locked: Kernel(6.1, amd64) = %v; want a fault of usage", err)
	}
	k, said, err := get(a.provider(c, testCatalogue, lock, Options{}), "amd64")
	if err != nil || k.Release != "6.1.0-56-amd64" || !strings.Contains(said, "6.1 amd64 is not pinned") {
		t.Errorf("Kernel(6.1, amd64) = %+v, %v, note %q; want 6.1.0-56-amd64 and a note", k, err, said)
	}
}

// TestPoints finds every release of the archive, and gets one that is not the
// newest.
func TestPoints(t *testing.T) {
	t.Parallel()
	a, lock, c := newLab(t)
	a.addKernel("55", "cloud") // its programs of Kbuild are those of 56
	a.publish(testSuite)
	p := a.provider(c, testCatalogue, lock, Options{})
	points, err := p.Points(t.Context(), choice("cloud"))
	if err != nil {
		t.Fatal(err)
	}
	var abis []string
	for _, point := range points {
		abis = append(abis, point.ABI)
	}
	if d := cmp.Diff([]string{"6.1.0-55", "6.1.0-56"}, abis); d != "" {
		t.Errorf("Points(6.1 cloud) (-want +got):\n%s", d)
	}
	if k, err := p.Source(points[0]).Get(t.Context()); err != nil || k.Release != "6.1.0-55-cloud-amd64" {
		t.Errorf("the first point's kernel = %+v, %v; want 6.1.0-55-cloud-amd64", k, err)
	}
	ghost := choice("cloud")
	ghost.ABI = "6.1.0-54"
	if _, err := p.kernel(t.Context(), ghost); fault.Of(err) != fault.Usage || !strings.Contains(err.Error(), "6.1.0-54") {
		t.Errorf("Kernel(6.1.0-54) = %v; want a fault of usage that names it", err)
	}
}

func TestDamageIsNoticed(t *testing.T) {
	t.Parallel()
	a, lock, c := newLab(t)
	p := a.provider(c, testCatalogue, lock, Options{})
	k, _, err := get(p, "cloud")
	if err != nil {
		t.Fatal(err)
	}
	before := a.downloads()

	write(t, k.Image, "damaged", 0o644)
	again, said, err := get(p, "cloud")
	if err != nil || !strings.Contains(said, "is damaged") || a.downloads() != before {
		t.Errorf("with a damaged image: Kernel() = %v, note %q, %d downloads; want none, a note, 0", err, said, a.downloads()-before)
	}
	if d, err := digest(again.Image); err != nil || d != k.Digest {
		t.Errorf("image made again: %s, %v; want %s", d, err, k.Digest)
	}

	if err := os.Remove(k.Config); err != nil {
		t.Fatal(err)
	}
	if _, said, err = get(p, "cloud"); err != nil || !strings.Contains(said, "is damaged") || present("/", k.Config) != nil {
		t.Errorf("without its configuration: Kernel() = %v, note %q; want it made again and a note", err, said)
	}

	pin := lock.Kernels[0].Packages[0]
	deb, err := os.ReadFile(p.deb(pin))
	if err != nil {
		t.Fatal(err)
	}
	deb[len(deb)/2] ^= 1
	write(t, p.deb(pin), string(deb), 0o644)
	write(t, k.Image, "damaged", 0o644)
	tool := filepath.Join(k.Toolchain.Bin, "gcc-12")
	if err := os.Remove(tool); err != nil {
		t.Fatal(err)
	}
	_, said, err = get(p, "cloud")
	if _, lost := os.Stat(tool); lost != nil || !strings.Contains(said, "toolchain gcc-12 in the cache is damaged") {
		t.Errorf("with a damaged toolchain: Kernel() = %v, note %q, %v; want it made again and a note", err, said, lost)
	}
	if err != nil || !strings.Contains(said, pin.String()+" in the cache is damaged") || a.downloads() != before+1 {
		t.Errorf("with a damaged package: Kernel() = %v, note %q, %d downloads; want none, a note, 1", err, said, a.downloads()-before)
	}
}

// TestManyAtOnce asks for two kernels that share packages, with two caches on
// one folder, as two processes have them.
func TestManyAtOnce(t *testing.T) {
	t.Parallel()
	a, lock, c := newLab(t)
	a.addKernel("56", "amd64")
	a.publish(testSuite)
	lock.Kernels = append(lock.Kernels, a.pin("amd64"))
	other, err := cache.At(c.Root())
	if err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	for i := range 8 {
		p := a.provider([]*cache.Cache{c, other}[i%2], testCatalogue, lock, Options{})
		wg.Go(func() {
			if _, said, err := get(p, testCatalogue.Flavours[i/2%2]); err != nil || said != "" {
				t.Errorf("one of many: Kernel() = %v, note %q; want neither", err, said)
			}
		})
	}
	wg.Wait()
	different := map[catalogue.Package]bool{}
	for _, pin := range append(lock.Kernels, lock.Toolchains...) {
		for _, pkg := range pin.Packages {
			different[pkg] = true
		}
	}
	if a.downloads() != len(different) {
		t.Errorf("%d downloads; want %d, each package once", a.downloads(), len(different))
	}
}
