// SPDX-License-Identifier: GPL-2.0-only

package debian

import (
	"fmt"
	"os"

	"kmodlab/vmimages/internal/image"
)

// unpackImage writes what QEMU boots of the packed image of a kernel for arch
// to the file out.
func unpackImage(arch, packed, out string) error {
	text, err := os.ReadFile(packed)
	if err != nil {
		return err
	}
	unpack := elfOfBzImage
	if arch == "arm64" {
		unpack = arm64Image
	}
	unpacked, err := unpack(text)
	if err != nil {
		return fmt.Errorf("unpack %s: %w", packed, err)
	}
	return os.WriteFile(out, unpacked, 0o644)
}

// elfOfBzImage returns the ELF image inside a bzImage. QEMU boots such an image
// without the decompressor in front, by its PVH entry note; an image without
// one is an error.
func elfOfBzImage(text []byte) ([]byte, error) {
	unpacked, err := image.Unpack(text)
	if err != nil {
		return nil, err
	}
	return unpacked, image.Bootable(unpacked)
}
