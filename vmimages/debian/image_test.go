// SPDX-License-Identifier: GPL-2.0-only

package debian

import (
	"bytes"
	"compress/gzip"
	"debug/elf"
	"encoding/binary"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// note returns an ELF note.
func elfNote(name string, kind uint32, desc []byte) []byte {
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

// elfImage returns an ELF file whose one segment holds the notes.
func elfImage(t *testing.T, notes []byte) []byte {
	t.Helper()
	var b bytes.Buffer
	header := elf.Header64{
		Type: uint16(elf.ET_EXEC), Machine: uint16(elf.EM_X86_64), Version: 1, Phoff: 64, Ehsize: 64, Phentsize: 56, Phnum: 1, Shentsize: 64,
	}
	copy(header.Ident[:], elf.ELFMAG)
	header.Ident[elf.EI_CLASS], header.Ident[elf.EI_DATA], header.Ident[elf.EI_VERSION] = byte(elf.ELFCLASS64), byte(elf.ELFDATA2LSB), 1
	prog := elf.Prog64{Type: uint32(elf.PT_NOTE), Off: 120, Filesz: uint64(len(notes)), Memsz: uint64(len(notes)), Align: 4}
	for _, part := range []any{header, prog, notes} {
		if err := binary.Write(&b, binary.LittleEndian, part); err != nil {
			t.Fatal(err)
		}
	}
	return b.Bytes()
}

// bzImage returns a bzImage with the payload: as
// Documentation/arch/x86/boot.rst lays it out, with nothing but the fields
// that an unpacker reads.
func bzImage(t *testing.T, payload []byte) []byte {
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
	image := make([]byte, (sectors+1)*512)
	image[0x1f1] = sectors
	copy(image[0x202:], "HdrS")
	binary.LittleEndian.PutUint16(image[0x206:], 0x020f)
	binary.LittleEndian.PutUint32(image[0x248:], 16) // payload_offset
	binary.LittleEndian.PutUint32(image[0x24c:], uint32(packed.Len()))
	image = append(image, make([]byte, 16)...)
	image = append(image, packed.Bytes()...)
	return append(image, make([]byte, 64)...) // checksum and what follows
}

func pvhImage(t *testing.T) []byte {
	return elfImage(t, append(elfNote("GNU\x00", 3, []byte("build-id")), elfNote("Xen\x00", pvhNote, make([]byte, 8))...))
}

func TestUnpackImage(t *testing.T) {
	pvh := pvhImage(t)
	for name, tt := range map[string]struct {
		image []byte
		want  string // part of the error; "" for none
	}{
		"with a PVH note":    {bzImage(t, pvh), ""},
		"without a PVH note": {bzImage(t, elfImage(t, elfNote("Xen\x00", 17, make([]byte, 8)))), "no PVH entry note"},
		"note of others":     {bzImage(t, elfImage(t, elfNote("GNU\x00", pvhNote, make([]byte, 8)))), "no PVH entry note"},
		"note cut off":       {bzImage(t, elfImage(t, elfNote("Xen\x00", pvhNote, make([]byte, 8))[:20])), "note of 24 bytes"},
		"not a bzImage":      {bytes.Repeat([]byte("x"), 4096), "not a bzImage"},
		"cut off":            {bzImage(t, pvh)[:1000], "unpack"},
	} {
		t.Run(name, func(t *testing.T) {
			in, out := filepath.Join(t.TempDir(), "vmlinuz"), filepath.Join(t.TempDir(), "vmlinux")
			write(t, in, string(tt.image), 0o644)
			err := unpackImage("amd64", in, out)
			if tt.want != "" {
				if err == nil || !strings.Contains(err.Error(), tt.want) {
					t.Errorf("unpackImage() = %v; want an error with %q", err, tt.want)
				}
				return
			}
			if err != nil {
				t.Fatalf("unpackImage() = %v; want nil", err)
			}
			if got, err := os.ReadFile(out); err != nil || !bytes.Equal(got, pvh) {
				t.Errorf("image = %d bytes, %v; want the %d bytes of the payload", len(got), err, len(pvh))
			}
		})
	}
}

func TestWithoutSignature(t *testing.T) {
	pe := make([]byte, 512)
	copy(pe, "MZ")
	binary.LittleEndian.PutUint32(pe[0x3c:], 128)
	binary.LittleEndian.PutUint16(pe[128+24:], 0x20b)
	unsigned := bytes.Clone(pe)
	copy(pe[128+24+144:], "\x11\x22\x33\x44\x55\x66\x77\x88")
	for name, tt := range map[string]struct{ in, want []byte }{
		"signed":      {pe, unsigned},
		"not a PE":    {[]byte("ELF and so on"), []byte("ELF and so on")},
		"short":       {[]byte("MZ"), []byte("MZ")},
		"wild offset": {append([]byte("MZ"), bytes.Repeat([]byte{0xff}, 100)...), append([]byte("MZ"), bytes.Repeat([]byte{0xff}, 100)...)},
	} {
		t.Run(name, func(t *testing.T) {
			if got := withoutSignature(bytes.Clone(tt.in)); !bytes.Equal(got, tt.want) {
				t.Errorf("withoutSignature(%x) = %x; want %x", tt.in, got, tt.want)
			}
		})
	}
}
