// SPDX-License-Identifier: GPL-2.0-only

package debian

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"kmodlab/internal/kernel"
	"kmodlab/internal/ko/kotest"
	"kmodlab/vmimages/internal/image/imagetest"
)

func TestExtractVirtio(t *testing.T) {
	dir, out := t.TempDir(), t.TempDir()
	pci := kotest.Module(t, []string{"license=GPL", "depends=virtio,virtio_ring,virtio-pci-legacy-dev"})
	for name, content := range map[string]string{
		"kernel/virtio/virtio_pci.ko":            string(pci),
		"kernel/virtio/virtio.ko":                string(kotest.Module(t, []string{"depends=virtio_ring"})),
		"kernel/virtio/virtio_ring.ko":           string(kotest.Module(t, []string{"depends="})),
		"kernel/virtio/virtio-pci-legacy-dev.ko": string(kotest.Module(t, []string{"license=GPL"})),
		"kernel/char/virtio_console.ko":          string(kotest.Module(t, []string{"depends=virtio_ring,virtio"})),
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
		"depends on itself":     {string(kotest.Module(t, []string{"depends=virtio_pci"})), "virtio_pci -> virtio_pci"},
		"depends on nothing":    {string(kotest.Module(t, []string{"depends=nothing"})), "nothing is not among"},
		"not a module":          {string(imagetest.PVH(t, "6.12.1")), "not a module"},
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
