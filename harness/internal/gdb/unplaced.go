// SPDX-License-Identifier: GPL-2.0-only

package gdb

import (
	"bytes"
	"debug/elf"
	"encoding/binary"
	"fmt"
	"os"
)

// copyUnplaced copies the object file from to the path to, with all its
// sections at address 0. gdb believes that a file in which any section has an
// address was linked already, and takes the addresses in its debug information
// as they are; linking a module leaves some sections with one.
func copyUnplaced(from, to string) error {
	text, err := os.ReadFile(from)
	if err != nil {
		return err
	}
	if err := unplace(text); err != nil {
		return fmt.Errorf("%s: %w", from, err)
	}
	return os.WriteFile(to, text, 0o644)
}

func unplace(object []byte) error {
	var header elf.Header64
	if err := binary.Read(bytes.NewReader(object), binary.LittleEndian, &header); err != nil {
		return err
	}
	const sectionSize, atAddress = 64, 16 // of Elf64_Shdr, and of its sh_addr
	end := header.Shoff + uint64(header.Shnum)*sectionSize
	if !bytes.HasPrefix(object, []byte(elf.ELFMAG)) || header.Shentsize != sectionSize || header.Shoff > end || end > uint64(len(object)) {
		return fmt.Errorf("this is no object file of 64 bits")
	}
	for at := header.Shoff; at < end; at += sectionSize {
		binary.LittleEndian.PutUint64(object[at+atAddress:], 0)
	}
	return nil
}
