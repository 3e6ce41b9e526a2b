// SPDX-License-Identifier: GPL-2.0-only

package debian

import (
	"bytes"
	"debug/elf"
	"encoding/binary"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/klauspost/compress/zstd"
	"github.com/ulikunitz/xz"

	"kmodlab/harness/kernel"
)

// koImage returns an ELF file with a section .modinfo of the fields.
func koImage(t *testing.T, fields ...string) []byte {
	t.Helper()
	const names = "\x00.modinfo\x00.shstrtab\x00"
	info := strings.Join(fields, "\x00") + "\x00"
	header := elf.Header64{Type: uint16(elf.ET_REL), Machine: uint16(elf.EM_X86_64), Version: 1, Shoff: uint64(64 + len(names) + len(info)), Ehsize: 64, Shentsize: 64, Shnum: 3, Shstrndx: 2}
	copy(header.Ident[:], elf.ELFMAG)
	header.Ident[elf.EI_CLASS], header.Ident[elf.EI_DATA], header.Ident[elf.EI_VERSION] = byte(elf.ELFCLASS64), byte(elf.ELFDATA2LSB), 1
	sections := []elf.Section64{
		{},
		{Name: 1, Type: uint32(elf.SHT_PROGBITS), Off: uint64(64 + len(names)), Size: uint64(len(info))},
		{Name: 10, Type: uint32(elf.SHT_STRTAB), Off: 64, Size: uint64(len(names))},
	}
	var b bytes.Buffer
	for _, part := range []any{header, []byte(names + info), sections} {
		if err := binary.Write(&b, binary.LittleEndian, part); err != nil {
			t.Fatal(err)
		}
	}
	return b.Bytes()
}

func xzPacked(t *testing.T, content []byte) string {
	var b bytes.Buffer
	w, err := xz.NewWriter(&b)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.Write(content); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func zstdPacked(t *testing.T, content []byte) string {
	w, err := zstd.NewWriter(nil)
	if err != nil {
		t.Fatal(err)
	}
	return string(w.EncodeAll(content, nil))
}

func TestExtractVirtio(t *testing.T) {
	dir, out := t.TempDir(), t.TempDir()
	pci := koImage(t, "license=GPL", "depends=virtio,virtio_ring,virtio-pci-legacy-dev")
	for name, content := range map[string]string{
		"kernel/virtio/virtio_pci.ko.zst":        zstdPacked(t, pci),
		"kernel/virtio/virtio.ko":                string(koImage(t, "depends=virtio_ring")),
		"kernel/virtio/virtio_ring.ko.xz":        xzPacked(t, koImage(t, "depends=")),
		"kernel/virtio/virtio-pci-legacy-dev.ko": string(koImage(t, "license=GPL")),
		"kernel/char/virtio_console.ko":          string(koImage(t, "depends=virtio_ring,virtio")),
		"kernel/char/other.ko":                   "not needed, not read",
	} {
		write(t, filepath.Join(dir, name), content, 0o644)
	}
	for name, tt := range map[string]struct {
		options kernel.Options
		want    []string
	}{
		"both modules": {kernel.Options{"VIRTIO_PCI": "m", "VIRTIO_CONSOLE": "m"},
			[]string{"virtio_ring.ko", "virtio.ko", "virtio_pci_legacy_dev.ko", "virtio_pci.ko", "virtio_console.ko"}},
		"console only": {kernel.Options{"VIRTIO_PCI": "y", "VIRTIO_CONSOLE": "m"},
			[]string{"virtio_ring.ko", "virtio.ko", "virtio_console.ko"}},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := extractVirtio(tt.options, dir, out)
			if d := cmp.Diff(tt.want, got); err != nil || d != "" {
				t.Errorf("extractVirtio() = %v, (-want +got):\n%s", err, d)
			}
		})
	}
	if got, err := os.ReadFile(filepath.Join(out, "virtio_pci.ko")); err != nil || !bytes.Equal(got, pci) {
		t.Errorf("virtio_pci.ko = %d bytes, %v; want the module uncompressed", len(got), err)
	}
}

func TestExtractVirtioFromBadModules(t *testing.T) {
	for name, tt := range map[string]struct{ pci, want string }{
		"depends on itself":     {string(koImage(t, "depends=virtio_pci")), "depends on itself"},
		"depends on nothing":    {string(koImage(t, "depends=nothing")), "nothing is not among"},
		"not a module":          {string(pvhImage(t)), "not a module"},
		"not even an ELF file":  {"x", "virtio_pci.ko"},
		"compressed, they said": {"", "virtio_pci.ko.xz"},
	} {
		t.Run(name, func(t *testing.T) {
			dir, file := t.TempDir(), "virtio_pci.ko"
			if tt.pci == "" {
				file += ".xz"
			}
			write(t, filepath.Join(dir, file), tt.pci, 0o644)
			_, err := extractVirtio(kernel.Options{"VIRTIO_PCI": "m", "VIRTIO_CONSOLE": "y"}, dir, t.TempDir())
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("extractVirtio() = %v; want an error with %q", err, tt.want)
			}
		})
	}
}
