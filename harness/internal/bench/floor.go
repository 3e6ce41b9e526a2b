// SPDX-License-Identifier: GPL-2.0-only

package bench

import (
	"bytes"
	"encoding/binary"
	"os"

	"github.com/u-root/u-root/pkg/cpio"
)

// floorMark is what the do-nothing init says.
const floorMark = "kmodlab-floor"

// writeFloor writes an initramfs whose init says one line and waits: what is
// left of a boot when there is nothing to boot into. The program is a hundred
// bytes, so that no libc and no language's runtime adds to the floor.
func writeFloor(path string) error {
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	defer f.Close()
	w := cpio.Newc.Writer(f)
	err = cpio.WriteRecords(w, []cpio.Record{
		cpio.Directory("dev", 0o755),
		cpio.CharDev("dev/console", 0o600, 5, 1),
		cpio.StaticFile("init", string(floorInit()), 0o755),
	})
	if err != nil {
		return err
	}
	if err := cpio.WriteTrailer(w); err != nil {
		return err
	}
	return f.Close()
}

// floorInit returns a static x86-64 ELF program: write(1, mark), then pause()
// for ever. Layout: ELF header, one program header, code, text
// (System V ABI, AMD64 supplement).
func floorInit() []byte {
	const base, headers = 0x400000, 64 + 56
	code := []byte{
		0xb8, 1, 0, 0, 0, // mov eax, 1 (write)
		0xbf, 1, 0, 0, 0, // mov edi, 1
		0x48, 0x8d, 0x35, 16, 0, 0, 0, // lea rsi, [rip+16]: the text
		0xba, byte(len(floorMark) + 1), 0, 0, 0, // mov edx, length
		0x0f, 0x05, // syscall
		0xb8, 34, 0, 0, 0, // mov eax, 34 (pause)
		0x0f, 0x05, // syscall
		0xeb, 0xf7, // jmp to the pause
	}
	text := append(code, floorMark+"\n"...)
	size := uint64(headers + len(text))
	var b bytes.Buffer
	b.WriteString("\x7fELF\x02\x01\x01")
	b.Write(make([]byte, 9))
	for _, field := range []any{
		uint16(2), uint16(62), uint32(1), // ET_EXEC, EM_X86_64, version
		uint64(base + headers), uint64(64), uint64(0), uint32(0), // entry, program headers, no sections
		uint16(64), uint16(56), uint16(1), uint16(0), uint16(0), uint16(0),
		uint32(1), uint32(5), uint64(0), uint64(base), uint64(base), size, size, uint64(0x1000), // PT_LOAD, read and execute
	} {
		binary.Write(&b, binary.LittleEndian, field)
	}
	b.Write(text)
	return b.Bytes()
}
