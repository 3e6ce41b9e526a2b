// SPDX-License-Identifier: GPL-2.0-only

// Package imagetest makes kernel images that are as small as tests like them:
// they have what an unpacker reads and nothing to run.
package imagetest

import (
	"bytes"
	"compress/gzip"
	"debug/elf"
	"encoding/binary"
	"strings"
	"testing"

	"kmodlab/vmimages/internal/image"
)

// Note returns an ELF note (elf(5)).
func Note(name string, kind uint32, desc []byte) []byte {
	var b bytes.Buffer
	for _, word := range []uint32{uint32(len(name)), uint32(len(desc)), kind} {
		binary.Write(&b, binary.LittleEndian, word)
	}
	for _, part := range [][]byte{[]byte(name), desc} {
		b.Write(part)
		b.Write(make([]byte, (4-len(part)%4)%4))
	}
	return b.Bytes()
}

// ELF returns an ELF file for machine whose one segment holds the notes; the
// text follows.
func ELF(t testing.TB, machine elf.Machine, text string, notes ...[]byte) []byte {
	t.Helper()
	var b bytes.Buffer
	segment := bytes.Join(notes, nil)
	header := elf.Header64{
		Type: uint16(elf.ET_EXEC), Machine: uint16(machine), Version: 1, Phoff: 64, Ehsize: 64, Phentsize: 56, Phnum: 1, Shentsize: 64,
	}
	copy(header.Ident[:], elf.ELFMAG)
	header.Ident[elf.EI_CLASS], header.Ident[elf.EI_DATA], header.Ident[elf.EI_VERSION] = byte(elf.ELFCLASS64), byte(elf.ELFDATA2LSB), 1
	prog := elf.Prog64{Type: uint32(elf.PT_NOTE), Off: 120, Filesz: uint64(len(segment)), Memsz: uint64(len(segment)), Align: 4}
	for _, part := range []any{header, prog, segment, []byte(text)} {
		if err := binary.Write(&b, binary.LittleEndian, part); err != nil {
			t.Fatal(err)
		}
	}
	return b.Bytes()
}

// PVH returns an ELF image that has a PVH entry and says that it is of release.
func PVH(t testing.TB, release string) []byte {
	t.Helper()
	text := strings.Repeat("\x00", 64) + "Linux version " + release + " (maker) (gcc 12, ld 2) #1 SMP Tue\n\x00"
	return ELF(t, elf.EM_X86_64, text, Note("GNU\x00", 3, []byte("build-id")), Note("Xen\x00", image.PVHNote, make([]byte, 8)))
}

// BzImage returns a bzImage with the payload: as
// Documentation/arch/x86/boot.rst lays it out, with nothing but the fields
// that an unpacker reads.
func BzImage(t testing.TB, payload []byte) []byte {
	t.Helper()
	var packed bytes.Buffer
	w := gzip.NewWriter(&packed)
	if _, err := w.Write(payload); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	const sectors = 4
	text := make([]byte, (sectors+1)*512)
	text[0x1f1] = sectors
	copy(text[0x202:], "HdrS")
	binary.LittleEndian.PutUint16(text[0x206:], 0x020f)
	binary.LittleEndian.PutUint32(text[0x248:], 16) // payload_offset
	binary.LittleEndian.PutUint32(text[0x24c:], uint32(packed.Len()))
	text = append(text, make([]byte, 16)...)
	text = append(text, packed.Bytes()...)
	return append(text, make([]byte, 64)...) // checksum and what follows
}
