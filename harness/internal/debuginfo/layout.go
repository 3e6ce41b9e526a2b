// SPDX-License-Identifier: GPL-2.0-only

package debuginfo

import (
	"bytes"
	"debug/elf"
	"errors"
)

// Offsets in an Elf64_Sym (System V ABI, "Symbol Table").
const (
	symbolSize    = 24
	symbolSection = 6 // st_shndx, 2 bytes
	symbolValue   = 8 // st_value, 8 bytes
)

// layOut gives every section of code an address of its own, by adding it to
// the section's symbols. In a module, which is a relocatable file, all sections
// begin at 0, so that .text and .init.text would be told apart by nothing; the
// relocations of the debug information then carry the addresses on.
func layOut(image []byte) error {
	file, err := elf.NewFile(bytes.NewReader(image))
	if err != nil {
		return err
	}
	if file.Class != elf.ELFCLASS64 || file.Type != elf.ET_REL {
		return errors.New("this is no 64-bit relocatable ELF file")
	}
	table := file.SectionByType(elf.SHT_SYMTAB)
	if table == nil || table.Offset > uint64(len(image)) || table.FileSize > uint64(len(image))-table.Offset {
		return errors.New("there is no symbol table")
	}
	bases := make([]uint64, len(file.Sections))
	next := uint64(1 << 12) // nothing lies at 0
	for i, s := range file.Sections {
		if s.Flags&elf.SHF_EXECINSTR != 0 {
			bases[i] = next
			next += (s.Size + 2<<12) &^ (1<<12 - 1)
		}
	}
	symbols := image[table.Offset : table.Offset+table.FileSize]
	for ; len(symbols) >= symbolSize; symbols = symbols[symbolSize:] {
		section := int(file.ByteOrder.Uint16(symbols[symbolSection:]))
		if section >= len(bases) || bases[section] == 0 {
			continue
		}
		value := symbols[symbolValue:]
		file.ByteOrder.PutUint64(value, file.ByteOrder.Uint64(value)+bases[section])
	}
	return nil
}
