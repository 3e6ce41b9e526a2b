// SPDX-License-Identifier: GPL-2.0-only

// Package leak reads what kmemleak tells of memory that nothing points to any more,
// and names the functions of the modules that allocated it.
//
// kmemleak remembers return addresses, and prints them as functions when it is asked
// (mm/kmemleak.c, print_unreferenced()). By then the module is gone, and the kernel
// knows no name for them. What is left of an address is where it stands in its page:
// a module's sections begin with a page, and a return address follows a call.
package leak

import (
	"debug/elf"
	"fmt"
	"io"
	"regexp"
	"strconv"
	"strings"
)

// File has, in a guest, what kmemleak found, and takes its orders. With debugfs,
// of a kernel that has CONFIG_DEBUG_KMEMLEAK.
const File = "/sys/kernel/debug/kmemleak"

// MinAge is for how many seconds memory has to be there before it can be reported:
// MSECS_MIN_AGE in mm/kmemleak.c.
const MinAge = 5

// nameless is a line of a backtrace whose function the kernel does not know: "%pS" of
// an address in nobody's text, behind a hashed one before 6.8.
var nameless = regexp.MustCompile(`^( +(?:\[<[0-9a-fx]+>\] )?)0x(f[0-9a-f]{15})$`)

// Nameless tells whether a line is of a function that the kernel does not know, which
// only a module's can be.
func Nameless(line string) bool { return nameless.MatchString(line) }

// Named returns what kmemleak told, with the names of functions of modules that are
// gone: "leaky_init+0x12/0x80 [leaky]". An address that no module, or more than one
// place in them, can be stays as it is. Images are those of the modules that were
// inserted, by their names, for x86-64; one that cannot be read has no places.
func Named(told string, images map[string]io.ReaderAt) string {
	var all []place
	for name, image := range images {
		all = append(all, placesIn(name, image)...)
	}
	return named(told, all)
}

func named(told string, all []place) string {
	lines := strings.Split(told, "\n")
	for i, line := range lines {
		m := nameless.FindStringSubmatch(line)
		if m == nil {
			continue
		}
		address, err := strconv.ParseUint(m[2], 16, 64)
		if err != nil {
			continue
		}
		if name, ok := only(all, address%pageSize); ok {
			lines[i] = m[1] + name
		}
	}
	return strings.Join(lines, "\n")
}

const pageSize = 4096

// place is where a call in a module returns to.
type place struct {
	inPage uint64
	name   string // as "%pS" prints it
}

func only(all []place, inPage uint64) (string, bool) {
	found := ""
	for _, p := range all {
		if p.inPage != inPage {
			continue
		}
		if found != "" {
			return "", false
		}
		found = p.name
	}
	return found, found != ""
}

// placesIn returns where calls of a module return to.
func placesIn(module string, image io.ReaderAt) []place {
	file, err := elf.NewFile(image)
	if err != nil {
		return nil
	}
	defer file.Close()
	symbols, err := file.Symbols()
	if err != nil {
		return nil
	}
	var all []place
	for index, at := range layout(file) {
		code, err := file.Sections[index].Data()
		if err != nil {
			continue
		}
		for _, s := range symbols {
			if int(s.Section) != index || elf.ST_TYPE(s.Info) != elf.STT_FUNC {
				continue
			}
			for _, offset := range returns(code, s) {
				all = append(all, place{(at + s.Value + offset) % pageSize, fmt.Sprintf("%s+%#x/%#x [%s]", s.Name, offset, s.Size, module)})
			}
		}
	}
	return all
}

// layout returns where in its memory a module's sections of code are: those for init
// apart, and each in the order of the file (kernel/module/main.c, layout_sections()).
func layout(file *elf.File) map[int]uint64 {
	at := map[int]uint64{}
	next := map[bool]uint64{}
	const code = elf.SHF_ALLOC | elf.SHF_EXECINSTR
	for i, s := range file.Sections {
		if s.Flags&code != code {
			continue
		}
		init := strings.HasPrefix(s.Name, ".init")
		align := max(1, s.Addralign)
		at[i] = (next[init] + align - 1) / align * align
		next[init] = at[i] + s.Size
	}
	return at
}

// returns tells where in a function calls return to: behind each near call, which is
// 0xe8 and four bytes. A byte of another instruction may look like one; it is a place
// that nobody ever asks for.
func returns(code []byte, function elf.Symbol) []uint64 {
	const length = 5
	var all []uint64
	for offset := uint64(0); offset+length <= function.Size && function.Value+offset+length <= uint64(len(code)); offset++ {
		if code[function.Value+offset] == 0xe8 {
			all = append(all, offset+length)
		}
	}
	return all
}
