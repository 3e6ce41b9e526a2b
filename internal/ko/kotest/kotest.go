// SPDX-License-Identifier: GPL-2.0-only

// Package kotest makes kernel modules that are as small as tests like them:
// they say much of themselves and do nothing.
package kotest

import (
	"bytes"
	"debug/elf"
	"encoding/binary"
	"strings"
	"testing"
)

// Module returns an object file with a section .modinfo of info and a symbol
// table: "+name" is defined, "-name" is not. "@name" is an empty section.
func Module(t testing.TB, info []string, symbols ...string) []byte {
	t.Helper()
	names := "\x00.modinfo\x00.shstrtab\x00.symtab\x00.strtab\x00"
	modinfo := strings.Join(info, "\x00") + "\x00"
	strtab, table := "\x00", make([]elf.Sym64, 1)
	var empty []elf.Section64
	for _, s := range symbols {
		if s[0] == '@' {
			empty = append(empty, elf.Section64{Name: uint32(len(names)), Type: uint32(elf.SHT_PROGBITS), Off: 64})
			names += s[1:] + "\x00"
			continue
		}
		sym := elf.Sym64{Name: uint32(len(strtab)), Info: byte(elf.STB_GLOBAL) << 4}
		if s[0] == '+' {
			sym.Shndx = 1
		}
		table, strtab = append(table, sym), strtab+s[1:]+"\x00"
	}
	at := func(parts ...string) uint64 { return uint64(64 + len(strings.Join(parts, ""))) }
	header := elf.Header64{Type: uint16(elf.ET_REL), Machine: uint16(elf.EM_X86_64), Version: 1, Ehsize: 64, Shentsize: 64, Shnum: uint16(5 + len(empty)), Shstrndx: 2}
	copy(header.Ident[:], elf.ELFMAG)
	header.Ident[elf.EI_CLASS], header.Ident[elf.EI_DATA], header.Ident[elf.EI_VERSION] = byte(elf.ELFCLASS64), byte(elf.ELFDATA2LSB), 1
	symbytes := uint64(24 * len(table))
	header.Shoff = at(names, modinfo, strtab) + symbytes
	sections := []elf.Section64{
		{},
		{Name: 1, Type: uint32(elf.SHT_PROGBITS), Off: at(names), Size: uint64(len(modinfo))},
		{Name: 10, Type: uint32(elf.SHT_STRTAB), Off: 64, Size: uint64(len(names))},
		{Name: 20, Type: uint32(elf.SHT_SYMTAB), Off: at(names, modinfo, strtab), Size: symbytes, Link: 4, Entsize: 24},
		{Name: 28, Type: uint32(elf.SHT_STRTAB), Off: at(names, modinfo), Size: uint64(len(strtab))},
	}
	var b bytes.Buffer
	for _, part := range []any{header, []byte(names + modinfo + strtab), table, append(sections, empty...)} {
		if err := binary.Write(&b, binary.LittleEndian, part); err != nil {
			t.Fatal(err)
		}
	}
	return b.Bytes()
}
