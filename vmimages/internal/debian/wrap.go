// SPDX-License-Identifier: GPL-2.0-only

package debian

import (
	"debug/elf"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// libDir is where a tree keeps its shared libraries and their loader.
const (
	libDir = "usr/lib/x86_64-linux-gnu"
	loader = libDir + "/ld-linux-x86-64.so.2"
)

// wrapped is the end of a wrapped program's own name.
const wrapped = ".elf"

// wrap replaces every program below the folder dir by a script that runs it
// with the loader and the libraries of the tree, so that it works whatever C
// library the machine has. The loader passes on the script's own name: gcc
// finds its parts by it. Libraries are left alone. The tree, which may still be
// in the folder libs, has to have all libraries: the loader would take those
// that are missing from the machine, which may have others or none.
func wrap(dir, tree, libs string) error {
	return filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if errors.Is(err, fs.ErrNotExist) && path == dir {
			return nil
		}
		if err != nil || !d.Type().IsRegular() {
			return err
		}
		if is, err := isProgram(path); err != nil || !is {
			return err
		}
		if err := selfContained(path, filepath.Join(libs, libDir)); err != nil {
			return err
		}
		real := path + wrapped
		if err := os.Rename(path, real); err != nil {
			return err
		}
		// The binary is named by the script's own place: the tree is built in
		// one folder and used in another.
		script := fmt.Sprintf("#!/bin/sh\nexec %s --inhibit-cache --library-path %s --argv0 \"$0\" \"${0%%/*}/%s\" \"$@\"\n",
			quote(filepath.Join(tree, loader)), quote(filepath.Join(tree, libDir)), filepath.Base(real))
		return os.WriteFile(path, []byte(script), 0o755)
	})
}

// isProgram says whether the file is an ELF program that needs a loader.
func isProgram(path string) (bool, error) {
	info, err := os.Stat(path)
	if err != nil || info.Mode()&0o100 == 0 {
		return false, err
	}
	f, err := elf.Open(path)
	if err != nil {
		if _, ok := errors.AsType[*elf.FormatError](err); ok || errors.Is(err, io.EOF) {
			return false, nil // a script, perhaps a very short one
		}
		return false, err
	}
	defer f.Close()
	for _, p := range f.Progs {
		if p.Type == elf.PT_INTERP {
			return true, nil
		}
	}
	return false, nil
}

// selfContained makes sure that all libraries that an ELF file names are in the
// folder libs.
func selfContained(path, libs string) error {
	f, err := elf.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	names, err := f.ImportedLibraries()
	if err != nil {
		return err
	}
	for _, name := range names {
		if _, err := os.Stat(filepath.Join(libs, name)); err != nil {
			return fmt.Errorf("%s needs %s, which no package of the toolchain brings: %w", filepath.Base(path), name, err)
		}
	}
	return nil
}

// librariesSelfContained does the same for the libraries in the folder libs.
func librariesSelfContained(libs string) error {
	files, err := filepath.Glob(filepath.Join(libs, "*.so*"))
	if err != nil {
		return err
	}
	for _, file := range files {
		if err := selfContained(file, libs); err != nil {
			return err
		}
	}
	return nil
}

// quote makes one word of s for a shell.
func quote(s string) string { return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'" }
