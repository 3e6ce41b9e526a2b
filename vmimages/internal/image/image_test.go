// SPDX-License-Identifier: GPL-2.0-only

package image_test

import (
	"bytes"
	"debug/elf"
	"strings"
	"testing"

	"kmodlab/internal/kernel"
	"kmodlab/vmimages/internal/image"
	"kmodlab/vmimages/internal/image/imagetest"
)

func TestUnpackAndBootable(t *testing.T) {
	pvh := imagetest.PVH(t, "6.12.1")
	without := func(notes ...[]byte) []byte { return imagetest.ELF(t, elf.EM_X86_64, "", notes...) }
	for name, tt := range map[string]struct {
		packed []byte
		want   string // part of the error; "" for none
	}{
		"with a PVH note":    {imagetest.BzImage(t, pvh), ""},
		"not packed":         {pvh, ""},
		"without a PVH note": {imagetest.BzImage(t, without(imagetest.Note("Xen\x00", 17, make([]byte, 8)))), "no PVH entry note"},
		"note of others":     {without(imagetest.Note("GNU\x00", image.PVHNote, make([]byte, 8))), "no PVH entry note"},
		"note cut off":       {without(imagetest.Note("Xen\x00", image.PVHNote, make([]byte, 8))[:20]), "note of 24 bytes"},
		"not a bzImage":      {bytes.Repeat([]byte("x"), 4096), "not a bzImage"},
		"cut off":            {imagetest.BzImage(t, pvh)[:1000], "unpack"},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := image.Unpack(tt.packed)
			if err == nil {
				err = image.Bootable(got)
			}
			if tt.want != "" {
				if err == nil || !strings.Contains(err.Error(), tt.want) {
					t.Errorf("Unpack(), Bootable() = %v; want an error with %q", err, tt.want)
				}
				return
			}
			if err != nil || !bytes.Equal(got, pvh) {
				t.Errorf("Unpack(), Bootable() = %d bytes, %v; want the %d bytes of the payload", len(got), err, len(pvh))
			}
		})
	}
}

func TestArch(t *testing.T) {
	arm := make([]byte, 64)
	copy(arm[56:], "ARM\x64")
	for name, tt := range map[string]struct {
		text []byte
		want string
	}{
		"bzImage":    {imagetest.BzImage(t, nil), "amd64"},
		"vmlinux":    {imagetest.PVH(t, "6.1"), "amd64"},
		"arm64 ELF":  {imagetest.ELF(t, elf.EM_AARCH64, ""), "arm64"},
		"arm64":      {arm, "arm64"},
		"32 bits":    {imagetest.ELF(t, elf.EM_386, ""), "i386"},
		"a tar file": {[]byte("boot/vmlinuz"), ""},
		"nothing":    {nil, ""},
	} {
		if got := image.Arch(tt.text); got != tt.want {
			t.Errorf("Arch(%s) = %q; want %q", name, got, tt.want)
		}
	}
}

func TestIdentity(t *testing.T) {
	for _, tt := range []struct{ text, release, version string }{
		{"\x00Linux version 6.12.1-own (me@here) (gcc 12) #3 SMP\n", "6.12.1-own", ""},
		{"Linux version 6.1.0-56-amd64 (d@d) (gcc-12) #1 SMP Debian 6.1.192-2 (2026-10-30)\n", "6.1.0-56-amd64", "6.1.192-2"},
	} {
		release, version, err := image.Identity([]byte(tt.text))
		if release != tt.release || version != tt.version || err != nil {
			t.Errorf("Identity(%q) = %q, %q, %v; want %q, %q", tt.text, release, version, err, tt.release, tt.version)
		}
	}
	if _, _, err := image.Identity([]byte("no kernel")); err == nil {
		t.Error("Identity(no kernel) = nil error; want one")
	}
}

func TestDrivers(t *testing.T) {
	if d, err := image.Drivers(kernel.Options{"VIRTIO_PCI": "y", "VIRTIO_CONSOLE": "y"}, nil); err != nil || d != nil {
		t.Errorf("Drivers(built in) = %v, %v; want none", d, err)
	}
	for want, options := range map[string]kernel.Options{
		"no VIRTIO_CONSOLE":              {"VIRTIO_PCI": "y"},
		"virtio_pci is not among the ke": {"VIRTIO_PCI": "m", "VIRTIO_CONSOLE": "y"},
	} {
		if _, err := image.Drivers(options, nil); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("Drivers(%v) = %v; want an error with %q", options, err, want)
		}
	}
}
