// SPDX-License-Identifier: GPL-2.0-only

// Package gdb puts a module under gdb where its code begins to run.
//
// A distribution's kernel image has no symbols, but the running kernel tells
// the addresses of its functions; they are put into an ELF file that gdb reads.
// A module gets its addresses when it is inserted. At the entry of
// do_init_module() they are final and its code has not run: there gdb reads
// them out of the module's own symbol table. What it has to know of struct
// module for that is in the module's debug information, so it is right for
// every kernel and configuration. Asking the guest (/sys/module/NAME/sections)
// is no way: the guest stands still at that moment.
package gdb

import (
	"bufio"
	"bytes"
	"debug/elf"
	"encoding/binary"
	"fmt"
	"os"
	"strconv"
	"strings"
)

// symbol is a line of /proc/kallsyms.
type symbol struct {
	address uint64
	text    bool
	name    string
}

// parseKallsyms returns the kernel's own symbols, without those of modules and
// without offsets of per-CPU variables. Addresses that are hidden, from a
// reader without rights, are an error.
func parseKallsyms(kallsyms []byte) ([]symbol, error) {
	const kernelSpace = 0xffff_8000_0000_0000
	var symbols []symbol
	sc := bufio.NewScanner(bytes.NewReader(kallsyms))
	for n := 1; sc.Scan(); n++ {
		fields := strings.Fields(sc.Text())
		if len(fields) < 3 {
			return nil, fmt.Errorf("kallsyms:%d: %d words; want an address, a type and a name", n, len(fields))
		}
		address, err := strconv.ParseUint(fields[0], 16, 64)
		if err != nil {
			return nil, fmt.Errorf("kallsyms:%d: %w", n, err)
		}
		if address < kernelSpace || len(fields) > 3 {
			continue
		}
		symbols = append(symbols, symbol{address, strings.ContainsAny(fields[1], "tTwW"), fields[2]})
	}
	if len(symbols) == 0 {
		return nil, fmt.Errorf("kallsyms has no addresses in %d bytes", len(kallsyms))
	}
	return symbols, sc.Err()
}

// WriteSymbols writes an ELF file to path that has nothing but the symbols of a
// kernel, as /proc/kallsyms lists them.
func WriteSymbols(path string, kallsyms []byte) error {
	symbols, err := parseKallsyms(kallsyms)
	if err != nil {
		return err
	}
	return os.WriteFile(path, symbolFile(symbols), 0o644)
}

// The sections of the file, by number.
const (
	secText = 1 + iota
	secData
	secSymbols
	secStrings
	secNames
	sections
)

// symbolFile makes the file: a header, the symbols, their names, the names of
// the sections, the sections. gdb wants every symbol in a section that holds
// its address; they have no contents.
func symbolFile(symbols []symbol) []byte {
	const names = "\x00.text\x00.data\x00.symtab\x00.strtab\x00.shstrtab\x00"
	table := make([]elf.Sym64, 1, len(symbols)+1)
	strtab := []byte{0}
	spans := [sections]struct{ low, high uint64 }{}
	for _, s := range symbols {
		section, kind := secData, elf.STT_OBJECT
		if s.text {
			section, kind = secText, elf.STT_FUNC
		}
		table = append(table, elf.Sym64{Name: uint32(len(strtab)), Info: elf.ST_INFO(elf.STB_GLOBAL, kind), Shndx: uint16(section), Value: s.address})
		strtab = append(append(strtab, s.name...), 0)
		span := &spans[section]
		if span.low == 0 || s.address < span.low {
			span.low = s.address
		}
		span.high = max(span.high, s.address+1)
	}
	const headerSize, symbolSize, sectionSize = 64, 24, 64
	atStrings := uint64(headerSize + len(table)*symbolSize)
	atNames := atStrings + uint64(len(strtab))
	atSections := (atNames + uint64(len(names)) + 7) &^ 7
	name := func(s string) uint32 { return uint32(strings.Index(names, s+"\x00")) }
	empty := func(n int, what string, flags elf.SectionFlag) elf.Section64 {
		return elf.Section64{Name: name(what), Type: uint32(elf.SHT_NOBITS), Flags: uint64(elf.SHF_ALLOC | flags),
			Addr: spans[n].low, Off: headerSize, Size: spans[n].high - spans[n].low, Addralign: 1}
	}
	header := elf.Header64{Type: uint16(elf.ET_EXEC), Machine: uint16(elf.EM_X86_64), Version: uint32(elf.EV_CURRENT),
		Shoff: atSections, Ehsize: headerSize, Shentsize: sectionSize, Shnum: sections, Shstrndx: secNames}
	copy(header.Ident[:], elf.ELFMAG+string([]byte{byte(elf.ELFCLASS64), byte(elf.ELFDATA2LSB), byte(elf.EV_CURRENT)}))
	all := []any{header, table, strtab, []byte(names), make([]byte, atSections-atNames-uint64(len(names))), []elf.Section64{
		{},
		empty(secText, ".text", elf.SHF_EXECINSTR),
		empty(secData, ".data", elf.SHF_WRITE),
		{Name: name(".symtab"), Type: uint32(elf.SHT_SYMTAB), Off: headerSize, Size: uint64(len(table) * symbolSize), Link: secStrings, Info: 1, Addralign: 8, Entsize: symbolSize},
		{Name: name(".strtab"), Type: uint32(elf.SHT_STRTAB), Off: atStrings, Size: uint64(len(strtab)), Addralign: 1},
		{Name: name(".shstrtab"), Type: uint32(elf.SHT_STRTAB), Off: atNames, Size: uint64(len(names)), Addralign: 1},
	}}
	var file []byte
	for _, part := range all {
		file, _ = binary.Append(file, binary.LittleEndian, part) // of types of a fixed size, which cannot fail
	}
	return file
}
