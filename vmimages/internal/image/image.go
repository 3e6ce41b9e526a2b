// SPDX-License-Identifier: GPL-2.0-only

// Package image turns a kernel image as it is installed into what the emulator
// boots, and says which kernel it is.
//
// It is what the providers of kernels have in common: one gets its images from
// an archive, the other from the user.
package image

import (
	"bytes"
	"debug/elf"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"regexp"

	"github.com/u-root/u-root/pkg/boot/bzimage"
)

// Arch returns Debian's name of the architecture that an image is for, packed
// or not: "amd64", "arm64", "i386", and "" for what it does not know.
func Arch(packed []byte) string {
	switch f, err := elf.NewFile(bytes.NewReader(packed)); {
	case err != nil:
	case f.Machine == elf.EM_X86_64:
		return "amd64"
	case f.Machine == elf.EM_AARCH64:
		return "arm64"
	case f.Machine == elf.EM_386:
		return "i386"
	}
	switch {
	case at(packed, 0x202, "HdrS"): // Documentation/arch/x86/boot.rst
		return "amd64"
	case at(packed, 56, "ARM\x64"): // Documentation/arch/arm64/booting.rst
		return "arm64"
	}
	return ""
}

func at(text []byte, offset int, want string) bool {
	return len(text) >= offset+len(want) && string(text[offset:offset+len(want)]) == want
}

// Unpack returns the ELF image inside a bzImage; one that is not packed it
// returns as it is.
func Unpack(packed []byte) ([]byte, error) {
	if at(packed, 0, elf.ELFMAG) {
		return packed, nil
	}
	var image bzimage.BzImage
	if err := image.UnmarshalBinary(withoutSignature(packed)); err != nil {
		return nil, fmt.Errorf("unpack: %w", err)
	}
	return image.KernelCode, nil
}

// Bootable returns an error unless the emulator can boot the ELF image without
// the decompressor in front, by its PVH entry note.
func Bootable(image []byte) error {
	f, err := elf.NewFile(bytes.NewReader(image))
	if err != nil {
		return fmt.Errorf("payload: %w", err)
	}
	ok, err := hasPVHEntry(f)
	if err == nil && !ok {
		err = errors.New("the image has no PVH entry note (CONFIG_PVH)")
	}
	return err
}

// banner is the kernel's linux_banner (init/version-timestamp.c).
var banner = regexp.MustCompile(`Linux version (\S+) \([^\n]*`)

// packageVersion is how Debian's kernels end their banner: "Debian 6.1.192-2
// (2026-10-30)".
var packageVersion = regexp.MustCompile(` Debian (\d\S*) \(`)

// Identity returns what an ELF image says of itself: its release, and the
// version of the package it was built as, "" for one that was not.
func Identity(image []byte) (release, version string, err error) {
	found := banner.FindSubmatch(image)
	if found == nil {
		return "", "", errors.New("the image has no banner (Linux version ...)")
	}
	if v := packageVersion.FindSubmatch(found[0]); v != nil {
		version = string(v[1])
	}
	return string(found[1]), version, nil
}

// PVHNote is XEN_ELFNOTE_PHYS32_ENTRY (xen/interface/elfnote.h): where a
// loader enters the kernel in 32-bit mode.
const PVHNote = 18

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
			if kind == PVHNote && bytes.HasPrefix(notes[12:12+uint64(namesz)], []byte("Xen\x00")) {
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
