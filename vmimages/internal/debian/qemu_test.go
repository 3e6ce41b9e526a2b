// SPDX-License-Identifier: GPL-2.0-only

package debian

import (
	"bytes"
	"debug/elf"
	"encoding/binary"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"kmodlab/internal/fault"
	"kmodlab/internal/step"
	"kmodlab/vmimages/internal/catalogue"
)

// emulatorSuite has newer packages than the compilers' suite.
const emulatorSuite = "lab-new"

func testEmulator() catalogue.Emulator {
	return catalogue.Emulator{Name: "qemu-amd64", Arch: "amd64", Suite: emulatorSuite, Program: "qemu-system-x86_64",
		Packages: []string{"qemu-system-x86", "seabios"}, Firmware: []string{"bios.bin"}}
}

// linkedTo returns an ELF file that names the libraries, and has nothing else.
func linkedTo(t *testing.T, libraries ...string) string {
	t.Helper()
	names, dynamic := []byte{0}, []elf.Dyn64{}
	for _, library := range libraries {
		dynamic = append(dynamic, elf.Dyn64{Tag: int64(elf.DT_NEEDED), Val: uint64(len(names))})
		names = append(append(names, library...), 0)
	}
	dynamic = append(dynamic, elf.Dyn64{Tag: int64(elf.DT_NULL)})
	const header, section = 64, 64
	sections := []elf.Section64{{}, // the first is always empty
		{Type: uint32(elf.SHT_STRTAB), Off: header + 3*section, Size: uint64(len(names))},
		{Type: uint32(elf.SHT_DYNAMIC), Off: header + 3*section + uint64(len(names)), Size: uint64(16 * len(dynamic)), Link: 1, Entsize: 16}}
	h := elf.Header64{Ident: [16]byte{0x7f, 'E', 'L', 'F', byte(elf.ELFCLASS64), byte(elf.ELFDATA2LSB), byte(elf.EV_CURRENT)}, Type: uint16(elf.ET_DYN),
		Machine: uint16(elf.EM_X86_64), Version: uint32(elf.EV_CURRENT), Shoff: header, Ehsize: header, Shentsize: section, Shnum: 3, Shstrndx: 1}
	var b bytes.Buffer
	for _, part := range []any{h, sections, names, dynamic} {
		if err := binary.Write(&b, binary.LittleEndian, part); err != nil {
			t.Fatal(err)
		}
	}
	return b.String()
}

// addEmulator publishes a QEMU: linked to a library that has a link and is linked
// to another; with packages that it depends on and does not need.
func (a *archive) addEmulator(version string) {
	lib := "usr/lib/x86_64-linux-gnu/"
	a.add(emulatorSuite, "qemu-system-x86", version, "amd64", "libone (>= 1), libgui | libother, debconf, seabios", map[string]string{
		"usr/bin/qemu-system-x86_64": linkedTo(a.t, "libone.so.1", "libc.so.6"), "usr/bin/qemu-system-i386": linkedTo(a.t, "libgone.so.1"),
		lib + "qemu/ui-gui.so": linkedTo(a.t, "libgui.so.1"), "usr/share/man/man1/qemu.1": "x"})
	a.add(emulatorSuite, "seabios", "1.16", "all", "", map[string]string{"usr/share/seabios/bios.bin": "bios", "usr/share/seabios/vgabios.bin": "vga"})
	a.add(emulatorSuite, "debconf", "1", "all", "", map[string]string{"usr/bin/debconf": "x"})
	a.add(emulatorSuite, "libone", "1", "amd64", "libtwo:amd64, libc6, debconf", map[string]string{
		lib + "libone.so.1": "-> libone.so.1.5", lib + "libone.so.1.5": linkedTo(a.t, "libtwo.so.2", "libc.so.6"), lib + "libone-extra.so.1": linkedTo(a.t)})
	a.add(emulatorSuite, "libtwo", "2", "amd64", "libc6", map[string]string{lib + "libtwo.so.2": linkedTo(a.t, "libone.so.1")})
	a.add(emulatorSuite, "libgui", "1", "amd64", "", map[string]string{lib + "libgui.so.1": linkedTo(a.t)})
	a.add(emulatorSuite, "libc6", "2.41", "amd64", "", map[string]string{
		"lib/x86_64-linux-gnu/ld-linux-x86-64.so.2": linkedTo(a.t), lib + "libc.so.6": linkedTo(a.t, "ld-linux-x86-64.so.2")})
	a.publish(emulatorSuite)
}

// emulating is the test catalogue with an emulator.
func emulating() *catalogue.Catalogue {
	c := *testCatalogue
	c.Emulators = []catalogue.Emulator{testEmulator()}
	return &c
}

// files lists what is in the folder dir.
func files(t *testing.T, dir string) []string {
	t.Helper()
	var names []string
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			names = append(names, strings.TrimPrefix(path, dir+"/"))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return names
}

// Of the packages that a QEMU depends on, those are pinned that it runs with; of
// what is in them, that is kept.
func TestEmulatorIsWhatItNeeds(t *testing.T) {
	a, old, c := newLab(t)
	a.addEmulator("10.0")
	lock, changes, err := a.provider(c, emulating(), old, Options{}).Update(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, pkg := range lock.Emulators[0].Packages {
		names = append(names, pkg.Name)
	}
	if d := cmp.Diff([]string{"libc6", "libone", "libtwo", "qemu-system-x86", "seabios"}, names); d != "" || lock.Emulators[0].Version != "10.0" {
		t.Errorf("pinned %s %s (-want +got):\n%s", lock.Emulators[0].Name, lock.Emulators[0].Version, d)
	}
	if len(changes) != 1 || changes[0].String() != "qemu-amd64: new: qemu-amd64 10.0" {
		t.Errorf("changes %v; want the new emulator", changes)
	}

	p := a.provider(newCache(t), emulating(), lock, Options{Locked: true})
	if before, cached := p.CachedEmulator("amd64"); cached || before.Version != "10.0" {
		t.Errorf("before: %+v, cached: %t; want the version that is pinned", before, cached)
	}
	e, err := p.Emulator(t.Context(), "amd64")
	if err != nil {
		t.Fatal(err)
	}
	lib := "usr/lib/x86_64-linux-gnu/"
	if d := cmp.Diff([]string{"firmware/bios.bin", "inputs.json", "usr/bin/qemu-system-x86_64", lib + "ld-linux-x86-64.so.2", lib + "libc.so.6",
		lib + "libone.so.1", lib + "libone.so.1.5", lib + "libtwo.so.2"}, files(t, e.Dir)); d != "" {
		t.Errorf("kept (-want +got):\n%s", d)
	}
	want := []string{lib + "ld-linux-x86-64.so.2", "--inhibit-cache", "--library-path", lib[:len(lib)-1], "--argv0", "qemu-system-x86_64",
		"usr/bin/qemu-system-x86_64", "-L", "firmware", "-name", "process=qemu-system-x86_64"}
	var argv []string
	for _, word := range e.Command {
		argv = append(argv, strings.TrimPrefix(word, e.Dir+"/"))
	}
	if d := cmp.Diff(want, argv); d != "" {
		t.Errorf("its command line (-want +got):\n%s", d)
	}
	a.server.Close() // from here on without a network
	again, err := p.Emulator(t.Context(), "amd64")
	known, cached := p.CachedEmulator("amd64")
	if err != nil || !cached || !slices.Equal(again.Command, e.Command) || !slices.Equal(known.Command, e.Command) {
		t.Errorf("again: %+v, %v; known %+v: %t; want the same", again, err, known, cached)
	}
}

// An emulator that lost a part is made again, from the packages.
func TestEmulatorDamaged(t *testing.T) {
	for _, part := range parts(testEmulator()) {
		t.Run(filepath.Base(part), func(t *testing.T) {
			a := newArchive(t)
			a.addEmulator("10.0")
			p := a.provider(newCache(t), emulating(), &catalogue.Lock{}, Options{})
			e, err := p.Emulator(t.Context(), "amd64")
			if err != nil {
				t.Fatal(err)
			}
			if err := os.Remove(filepath.Join(e.Dir, part)); err != nil {
				t.Fatal(err)
			}
			if _, cached := p.CachedEmulator("amd64"); cached {
				t.Error("it counts as cached without that")
			}
			var n notes
			if _, err = p.Emulator(step.With(t.Context(), n.listen), "amd64"); err != nil || present(e.Dir, part) != nil || !strings.Contains(n.all(), "damaged") {
				t.Errorf("Emulator() = %v, notes %q; want it mended, and told", err, n.all())
			}
		})
	}
}

func TestEmulatorCannotBeMade(t *testing.T) {
	lib := "usr/lib/x86_64-linux-gnu/"
	for name, tt := range map[string]struct {
		change func(a *archive)
		owner  fault.Owner
		want   string
	}{
		"no such package": {func(a *archive) { a.remove(emulatorSuite, "seabios") }, fault.Archive, "no package seabios, which emulator qemu-amd64 needs"},
		"a library is in no package": {func(a *archive) { a.remove(emulatorSuite, "libtwo") }, fault.Harness,
			"libone.so.1.5 needs libtwo.so.2, which no package brings"},
		"a library of a program is no ELF file": {func(a *archive) {
			a.add(emulatorSuite, "libtwo", "3", "amd64", "", map[string]string{lib + "libtwo.so.2": "text"})
		}, fault.Harness, "libtwo.so.2: EOF"},
		"a link leads nowhere": {func(a *archive) {
			a.add(emulatorSuite, "libtwo", "3", "amd64", "", map[string]string{lib + "libtwo.so.2": "-> libtwo.so.2.1"})
		}, fault.Harness, "libtwo.so.2 needs libtwo.so.2.1, which no package brings"},
		"its firmware is elsewhere": {func(a *archive) {
			a.add(emulatorSuite, "seabios", "2", "all", "", map[string]string{"usr/lib/seabios/bios.bin": "bios"})
		}, fault.Harness, "firmware/bios.bin: no such file"},
	} {
		t.Run(name, func(t *testing.T) {
			a := newArchive(t)
			a.addEmulator("10.0")
			tt.change(a)
			a.publish(emulatorSuite)
			e, err := a.provider(newCache(t), emulating(), &catalogue.Lock{}, Options{}).Emulator(t.Context(), "amd64")
			if fault.Of(err) != tt.owner || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("Emulator() = %+v, %v; want a fault of %s with %q", e, err, tt.owner, tt.want)
			}
		})
	}
	a := newArchive(t)
	if _, err := a.provider(newCache(t), emulating(), &catalogue.Lock{}, Options{}).Emulator(t.Context(), "m68k"); fault.Of(err) != fault.Usage {
		t.Errorf("Emulator(m68k) = %v; want a fault of usage", err)
	}
}
