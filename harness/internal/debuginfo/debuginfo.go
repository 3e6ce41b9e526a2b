// SPDX-License-Identifier: GPL-2.0-only

// Package debuginfo tells which line of a module's source an address in a call
// trace stands for.
//
// It reads the DWARF information of a .ko file with Go's own packages; no
// program of the host or of a toolchain is asked.
package debuginfo

import (
	"bytes"
	"debug/dwarf"
	"debug/elf"
	"fmt"
	"os"
	"slices"
)

// module is the debug information of one module.
type module struct {
	symbols []elf.Symbol
	rows    []row // by address; where a sequence ends, a row without a file
}

// row says that the code from address on stands for a line.
type row struct {
	address uint64
	file    string
	line    int
}

// read reads the .ko file at path, which must have debug information: the
// error of a file that has none, or that is no 64-bit ELF file, names path.
func read(path string) (*module, error) {
	image, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	m, err := parse(image)
	if err != nil {
		return nil, fmt.Errorf("debug information of %s: %w", path, err)
	}
	return m, nil
}

func parse(image []byte) (*module, error) {
	if err := layOut(image); err != nil {
		return nil, err
	}
	file, err := elf.NewFile(bytes.NewReader(image))
	if err != nil {
		return nil, err
	}
	m := &module{}
	if m.symbols, err = file.Symbols(); err != nil {
		return nil, err
	}
	data, err := file.DWARF()
	if err != nil {
		return nil, err
	}
	if err := m.readLines(data); err != nil {
		return nil, err
	}
	if len(m.rows) == 0 {
		return nil, fmt.Errorf("there is none")
	}
	return m, nil
}

// readLines reads the line tables of all compilation units.
func (m *module) readLines(data *dwarf.Data) error {
	units := data.Reader()
	for {
		unit, err := units.Next()
		if err != nil {
			return err
		}
		if unit == nil {
			break
		}
		units.SkipChildren()
		lines, err := data.LineReader(unit)
		if err != nil {
			return err
		}
		if lines == nil {
			continue
		}
		var entry dwarf.LineEntry
		for lines.Next(&entry) == nil { // the end of a table is an error too
			r := row{address: entry.Address}
			if !entry.EndSequence && entry.File != nil {
				r.file, r.line = entry.File.Name, entry.Line
			}
			m.rows = append(m.rows, r)
		}
	}
	// An end of a sequence comes before the beginning of another one at the
	// same address, which is what holds from there on.
	slices.SortStableFunc(m.rows, func(a, b row) int {
		if a.address != b.address {
			return int(int64(a.address - b.address))
		}
		return min(a.line, 1) - min(b.line, 1)
	})
	return nil
}

// find returns the source file, as the compiler was told it, and the line of
// the code at offset bytes into function. It reports false for a function that
// the module does not have and for an address outside of any line.
func (m *module) find(function string, offset uint64) (file string, line int, ok bool) {
	i := slices.IndexFunc(m.symbols, func(s elf.Symbol) bool {
		return s.Name == function && s.Section != elf.SHN_UNDEF && s.Section < elf.SHN_LORESERVE
	})
	if i < 0 {
		return "", 0, false
	}
	address := m.symbols[i].Value + offset
	next, _ := slices.BinarySearchFunc(m.rows, address+1, func(r row, a uint64) int {
		if r.address < a {
			return -1
		}
		return 1
	})
	if next == 0 || m.rows[next-1].line == 0 {
		return "", 0, false
	}
	return m.rows[next-1].file, m.rows[next-1].line, true
}
