// SPDX-License-Identifier: GPL-2.0-only

package gdb

import (
	"debug/dwarf"
	"debug/elf"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
)

// Module is what gdb has to know of a module to find it in a kernel.
type Module struct {
	Name   string // as lsmod shows it
	Debug  string // path of the .ko with debug information, as gdb wants it
	Source string // folder of its source where it was compiled
	Built  string // folder of its source now

	places  []place
	offsets offsets
}

// place says where a section is: at the address that the kernel's copy of the
// module's symbol table has for its symbol with this number, less value.
type place struct {
	section string
	symbol  int
	value   uint64
}

// offsets are those of fields that differ from kernel to kernel: of struct
// module, and of symtab in struct mod_kallsyms (include/linux/module.h).
type offsets struct{ name, init, kallsyms, symtab int64 }

// ReadModule reads the module called name. loaded is the path of the .ko file
// that is inserted, debug that of the same with debug information, folder where
// its source is. What gdb needs is put into the folder work.
func ReadModule(name, loaded, debug, folder, work string) (Module, error) {
	m := Module{Name: name, Debug: filepath.Join(work, name+".ko"), Built: folder}
	err := copyUnplaced(debug, m.Debug)
	if err != nil {
		return m, err
	}
	if m.places, err = readPlaces(loaded); err != nil {
		return m, fmt.Errorf("%s: %w", loaded, err)
	}
	file, err := elf.Open(debug)
	if err != nil {
		return m, err
	}
	defer file.Close()
	info, err := file.DWARF()
	if err != nil {
		return m, fmt.Errorf("the debug information of %s: %w", debug, err)
	}
	if m.offsets, err = readOffsets(info); err != nil {
		return m, fmt.Errorf("%s: %w", debug, err)
	}
	m.Source, err = readFolder(info, filepath.Base(folder))
	return m, err
}

// readPlaces finds a symbol in each section that is loaded.
func readPlaces(path string) ([]place, error) {
	file, err := elf.Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	symbols, err := file.Symbols() // without the first, which is empty
	if err != nil {
		return nil, err
	}
	var places []place
	for i, s := range symbols {
		if s.Section == elf.SHN_UNDEF || int(s.Section) >= len(file.Sections) {
			continue
		}
		section := file.Sections[s.Section]
		if section.Flags&elf.SHF_ALLOC == 0 || !interesting(section.Name) {
			continue
		}
		if !slices.ContainsFunc(places, func(p place) bool { return p.section == section.Name }) {
			places = append(places, place{section.Name, i + 1, s.Value})
		}
	}
	if len(places) == 0 {
		return nil, fmt.Errorf("no symbol of a section that is loaded")
	}
	return places, nil
}

// interesting tells whether a person may ask for what is in a section: code and
// variables. Per-CPU variables are elsewhere, each CPU has its own.
func interesting(section string) bool {
	if strings.HasPrefix(section, ".data..percpu") || strings.HasPrefix(section, ".rodata.str") {
		return false
	}
	for _, part := range []string{".text", ".noinstr.text", ".init.text", ".exit.text", ".data", ".init.data", ".exit.data", ".rodata", ".init.rodata", ".bss"} {
		if section == part || strings.HasPrefix(section, part+".") {
			return true
		}
	}
	return false
}

// readOffsets finds the fields' offsets.
func readOffsets(info *dwarf.Data) (offsets, error) {
	var o offsets
	wanted := map[string]map[string]*int64{
		"module":       {"name": &o.name, "init": &o.init, "kallsyms": &o.kallsyms},
		"mod_kallsyms": {"symtab": &o.symtab},
	}
	for r := info.Reader(); len(wanted) > 0; {
		entry, err := r.Next()
		if err != nil {
			return o, err
		}
		if entry == nil {
			return o, fmt.Errorf("its debug information does not describe struct module (or the kernel has no CONFIG_KALLSYMS)")
		}
		name, _ := entry.Val(dwarf.AttrName).(string)
		fields := wanted[name]
		if entry.Tag != dwarf.TagStructType || fields == nil || entry.Val(dwarf.AttrDeclaration) != nil {
			continue
		}
		found, err := info.Type(entry.Offset)
		if err != nil {
			return o, err
		}
		for _, f := range found.(*dwarf.StructType).Field {
			if offset := fields[f.Name]; offset != nil {
				*offset = f.ByteOffset
				delete(fields, f.Name)
			}
		}
		if len(fields) == 0 {
			delete(wanted, name)
		}
	}
	return o, nil
}

// readFolder returns the folder called name that a source was in when it was
// compiled.
func readFolder(info *dwarf.Data, name string) (string, error) {
	for r := info.Reader(); ; r.SkipChildren() {
		entry, err := r.Next()
		if err != nil {
			return "", err
		}
		if entry == nil {
			return "", fmt.Errorf("no source in a folder %s", name)
		}
		source, _ := entry.Val(dwarf.AttrName).(string)
		if dir, _ := entry.Val(dwarf.AttrCompDir).(string); !filepath.IsAbs(source) {
			source = filepath.Join(dir, source)
		}
		if folder := filepath.Dir(source); filepath.Base(folder) == name {
			return folder, nil
		}
	}
}
