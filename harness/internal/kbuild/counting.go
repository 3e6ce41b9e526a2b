// SPDX-License-Identifier: GPL-2.0-only

package kbuild

import (
	"bytes"
	"debug/elf"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"kmodlab/internal/fault"
	"kmodlab/internal/kernel"
)

// What a build with counters leaves beside the modules: a folder with the
// compiler's notes, laid out as the sources are, and in it a file that says where
// those were compiled.
const (
	NotesFolder = "notes"
	NotesExt    = ".gcno"
	StageFile   = "stage"
)

// countersSection is the section of a module that points to its counters; the
// guest finds it by symbols at its begin and its end.
const countersSection = ".kmodlab_counters"

// countersFlags have the compiler count how often code runs.
//
// The first three are those of the kernel's own coverage (CFLAGS_GCOV in its
// Makefile). A counter that two processors add to loses nothing, or what follows
// from it would be wrong. The structures that describe the counters are pointed to
// from a section, for nobody calls the constructors by which they make themselves
// known. They name a function that adds up counters of several runs, which no
// kernel has and nobody calls: the assembler puts a number in its place.
var countersFlags = []string{
	"-fprofile-arcs", "-ftest-coverage", "-fno-tree-loop-im",
	"-fprofile-update=atomic", "-fprofile-info-section=" + countersSection,
	"-Wa,--defsym,__gcov_merge_add=1",
}

// Counting returns the kernel with a compiler that makes modules count how often
// their code runs. The error is a [fault.Error].
func Counting(k *kernel.Kernel) (*kernel.Kernel, error) {
	if strings.Contains(k.Toolchain.CC, "clang") {
		return nil, &fault.Error{Owner: fault.Usage, What: "coverage of modules that Clang compiles cannot be measured", Where: k.Release,
			Hint: "leave out -cover, or name a kernel that GCC compiled"}
	}
	counting := *k
	counting.Toolchain.Flags = slices.Concat(k.Toolchain.Flags, countersFlags)
	if k.Arch == "arm64" { // or adding is a call of a library that kernels do not have
		counting.Toolchain.Flags = append(counting.Toolchain.Flags, "-mno-outline-atomics")
	}
	return &counting, nil
}

// KeepNotes puts the notes that the compiler left in the folder stage into out, if
// k counts. Those of sources that are there no more are left out.
func KeepNotes(k *kernel.Kernel, stage, out string) error {
	if !slices.Contains(k.Toolchain.Flags, countersFlags[0]) {
		return nil
	}
	notes := filepath.Join(out, NotesFolder)
	if err := os.MkdirAll(notes, 0o755); err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(notes, StageFile), []byte(stage), 0o644); err != nil {
		return err
	}
	return filepath.WalkDir(stage, func(path string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() || filepath.Ext(path) != NotesExt {
			return err
		}
		if source, err := os.Lstat(strings.TrimSuffix(path, NotesExt) + ".c"); err != nil || !source.Mode().IsRegular() || strings.HasSuffix(path, ".mod"+NotesExt) {
			return nil
		}
		rel, err := filepath.Rel(stage, path)
		if err != nil {
			return err
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		to := filepath.Join(notes, rel)
		if err := os.MkdirAll(filepath.Dir(to), 0o755); err != nil {
			return err
		}
		return os.WriteFile(to, text, 0o644)
	})
}

// Counts tells whether the module in the file at path counts how often its code
// runs.
func Counts(path string) (bool, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return false, err
	}
	return hasSection(text, countersSection)
}

// marks returns the options of objcopy that put symbols around the pointers to
// the counters of a module; "" for a module that has none.
func marks(text []byte) (string, error) {
	f, err := elf.NewFile(bytes.NewReader(text))
	if err != nil {
		return "", err
	}
	s := f.Section(countersSection)
	if s == nil {
		return "", nil
	}
	const symbol = "--add-symbol kmodlab_counters_%s=%s:%#x,global,object "
	return fmt.Sprintf(symbol, "begin", s.Name, 0) + fmt.Sprintf(symbol, "end", s.Name, s.Size), nil
}
