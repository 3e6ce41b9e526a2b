// SPDX-License-Identifier: GPL-2.0-only

package project

import (
	"bytes"
	"debug/elf"
	"fmt"
	"io"
	"maps"
	"path"
	"slices"
	"strings"

	"kmodlab/internal/fault"
)

// machines are those whose programs a kernel runs, by its architecture. That of
// amd64 runs those of 32 bits as well (CONFIG_IA32_EMULATION, which Debian sets).
var machines = map[string][]elf.Machine{
	"amd64": {elf.EM_X86_64, elf.EM_386},
	"arm64": {elf.EM_AARCH64},
}

// runsOn makes sure that guests of the arches can run a file, if it is a program;
// given are the paths of all that goes along. The error is a [fault.Error] of usage.
func runsOn(f Along, arches []string, given map[string]bool) error {
	if !bytes.HasPrefix(f.Data, []byte(elf.ELFMAG)) {
		return nil
	}
	name := strings.TrimPrefix(f.Path, guestFiles+"/")
	wrong := func(err error, hint string) error {
		return &fault.Error{Owner: fault.Usage, What: "guests cannot run " + name, Where: File, Err: err, Hint: hint}
	}
	program, err := elf.NewFile(bytes.NewReader(f.Data))
	if err != nil {
		return wrong(err, "is it whole? build it again")
	}
	for _, arch := range arches {
		if !slices.Contains(machines[arch], program.Machine) {
			return wrong(fmt.Errorf("it is for %s, and the kernel for %s", program.Machine, arch), "build it for "+arch+", or leave out the kernels of that by -arch or arches")
		}
	}
	loader, err := interpreter(program)
	if err != nil {
		return wrong(err, "is it whole? build it again")
	}
	if loader == "" || slices.ContainsFunc(slices.Collect(maps.Keys(given)), func(p string) bool { return path.Base(p) == path.Base(loader) }) {
		return nil
	}
	return wrong(fmt.Errorf("it is linked dynamically, and they do not have %s", loader),
		"link it statically (cc -static; for Go CGO_ENABLED=0), or let the loader and the libraries go along and run it by that: "+path.Base(loader)+" --library-path")
}

// interpreter returns the path of what a program is to be loaded by; "" for one that
// needs nothing.
func interpreter(program *elf.File) (string, error) {
	for _, p := range program.Progs {
		if p.Type == elf.PT_INTERP {
			text, err := io.ReadAll(io.LimitReader(p.Open(), 4096)) // PATH_MAX
			return strings.TrimRight(string(text), "\x00"), err
		}
	}
	return "", nil
}
