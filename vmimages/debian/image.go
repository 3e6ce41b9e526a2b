// SPDX-License-Identifier: GPL-2.0-only

package debian

import (
	"bytes"
	"debug/elf"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/u-root/u-root/pkg/boot/bzimage"
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
	image, err := unpack(text)
	if err != nil {
		return fmt.Errorf("unpack %s: %w", packed, err)
	}
	return os.WriteFile(out, image, 0o644)
}

// elfOfBzImage returns the ELF image inside a bzImage. QEMU boots such an image
// without the decompressor in front, by its PVH entry note; an image without
// one is an error.
func elfOfBzImage(text []byte) ([]byte, error) {
	var image bzimage.BzImage
	if err := image.UnmarshalBinary(withoutSignature(text)); err != nil {
		return nil, err
	}
	f, err := elf.NewFile(bytes.NewReader(image.KernelCode))
	if err != nil {
		return nil, fmt.Errorf("payload: %w", err)
	}
	if ok, err := hasPVHEntry(f); err != nil || !ok {
		return nil, errors.Join(err, fmt.Errorf("no PVH entry note (CONFIG_PVH)"))
	}
	return image.KernelCode, nil
}

// pvhNote is XEN_ELFNOTE_PHYS32_ENTRY (xen/interface/elfnote.h): where a
// loader enters the kernel in 32-bit mode.
const pvhNote = 18

// hasPVHEntry looks for the PVH note among the program's notes.
func hasPVHEntry(f *elf.File) (bool, error) {
	for _, p := range f.Progs {
		if p.Type != elf.PT_NOTE {
			continue
		}
		notes, err := io.ReadAll(p.Open())
		if err != nil {
			return false, err
		}
		// Each: size of name, size of description, type; name and description
		// fill whole words of four bytes (elf(5)).
		for len(notes) >= 12 {
			namesz, descsz := f.ByteOrder.Uint32(notes), f.ByteOrder.Uint32(notes[4:])
			kind := f.ByteOrder.Uint32(notes[8:])
			end := 12 + (uint64(namesz)+3)&^3 + (uint64(descsz)+3)&^3
			if end > uint64(len(notes)) {
				return false, fmt.Errorf("note of %d bytes in a segment of %d", end, len(notes))
			}
			if kind == pvhNote && bytes.HasPrefix(notes[12:12+uint64(namesz)], []byte("Xen\x00")) {
				return true, nil
			}
			notes = notes[end:]
		}
	}
	return false, nil
}

// withoutSignature clears the place of the secure-boot signature in a signed bzImage,
// which is a PE program too, for the unpacker warns of each one on stderr.
// Nothing is lost: the package that brought the image was checked by its hash.
func withoutSignature(image []byte) []byte {
	// Offsets: Microsoft's "PE Format", for PE32+ images.
	const peOffset, optionalHeader, magic64, certificates = 0x3c, 24, 0x20b, 144
	if len(image) < peOffset+4 || !bytes.HasPrefix(image, []byte("MZ")) {
		return image
	}
	header := int(binary.LittleEndian.Uint32(image[peOffset:])) + optionalHeader
	if header+certificates+8 > len(image) || binary.LittleEndian.Uint16(image[header:]) != magic64 {
		return image
	}
	clear(image[header+certificates : header+certificates+8])
	return image
}
