// SPDX-License-Identifier: GPL-2.0-only

// Package ko reads kernel modules: .ko files, plain or compressed, and the
// folders that hold a kernel's own.
//
// It says what a module calls itself, what it needs and what it offers, and in
// which order modules can be inserted. It inserts nothing.
package ko

import (
	"bytes"
	"compress/gzip"
	"debug/elf"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/klauspost/compress/zstd"
	"github.com/ulikunitz/xz"
)

// Module is what a .ko file says of itself.
type Module struct {
	Name     string   // KBUILD_MODNAME: without hyphens
	Depends  []string // modules that have to be there before, by modpost's account
	Imports  []string // symbols that it needs from elsewhere, sorted
	Exports  []string // symbols that it offers to other modules, sorted
	Params   []string // names of its parameters, in the order of its source
	Aliases  []string // patterns of the devices that it drives: "pci:v00001234d000011E8sv*sd*bc*sc*i*"
	Vermagic string   // "6.12.118+deb13-cloud-amd64 SMP preempt mod_unload "
	HasExit  bool     // it can be removed
	KUnit    bool     // it has tests, which the kernel's KUnit runs when it is inserted
}

// Release returns the release of the kernel that the module was built for: the
// first word of its vermagic.
func (m *Module) Release() string {
	release, _, _ := strings.Cut(m.Vermagic, " ")
	return release
}

// Name returns the name of the module in the file at path, compressed or not:
// what follows ".ko" goes, and hyphens are underscores in the kernel.
func Name(path string) string {
	name, _, _ := strings.Cut(filepath.Base(path), ".ko")
	return strings.ReplaceAll(name, "-", "_")
}

// Read returns the image of the module in file: plain, .gz, .xz
// or .zst. The error is that of the file system or of the decompressor.
func Read(file string) ([]byte, error) {
	f, err := os.Open(file)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	image, err := unpack(filepath.Ext(file), f)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	return image, nil
}

// unpack reads all of r, which is packed as the end of its name says.
func unpack(ext string, r io.Reader) ([]byte, error) {
	var err error
	switch ext {
	case ".gz":
		r, err = gzip.NewReader(r)
	case ".xz":
		r, err = xz.NewReader(r)
	case ".zst":
		var z *zstd.Decoder
		if z, err = zstd.NewReader(r); err == nil {
			defer z.Close()
			r = z
		}
	}
	if err != nil {
		return nil, err
	}
	return io.ReadAll(r)
}

// Open reads the module in file and what it says of itself.
func Open(file string) (*Module, error) {
	image, err := Read(file)
	if err != nil {
		return nil, err
	}
	m, err := Parse(Name(file), image)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	return m, nil
}

// Parse returns what the image of the module called name says. An image that
// is no module is an error.
func Parse(name string, image []byte) (*Module, error) {
	f, err := elf.NewFile(bytes.NewReader(image))
	if err != nil {
		return nil, err
	}
	section := f.Section(".modinfo")
	if section == nil {
		return nil, errors.New("no section .modinfo: not a module")
	}
	info, err := section.Data()
	if err != nil {
		return nil, err
	}
	// The section of kunit_test_suites() (include/kunit/test.h, in 5.10 as in 7.3). A
	// kernel without KUnit takes the module, and looks for no tests in it.
	m := &Module{Name: name, KUnit: f.Section(".kunit_test_suites") != nil}
	// Strings "key=value" that end in NUL (MODULE_INFO, linux/moduleparam.h).
	for field := range strings.SplitSeq(string(info), "\x00") {
		key, value, _ := strings.Cut(field, "=")
		switch {
		case key == "depends" && value != "":
			m.Depends = strings.Split(strings.ReplaceAll(value, "-", "_"), ",")
		case key == "parmtype": // module_param, linux/moduleparam.h
			param, _, _ := strings.Cut(value, ":")
			m.Params = append(m.Params, param)
		case key == "alias": // MODULE_DEVICE_TABLE, by scripts/mod/file2alias.c, and MODULE_ALIAS
			m.Aliases = append(m.Aliases, value)
		case key == "vermagic":
			m.Vermagic = value
		}
	}
	symbols, err := f.Symbols()
	if err != nil && !errors.Is(err, elf.ErrNoSymbols) {
		return nil, err
	}
	for _, s := range symbols {
		m.learn(s)
	}
	slices.Sort(m.Imports)
	slices.Sort(m.Exports)
	return m, nil
}

// learn takes in a symbol. EXPORT_SYMBOL makes __ksymtab_NAME
// (linux/export.h), module_exit makes cleanup_module (linux/module.h).
func (m *Module) learn(s elf.Symbol) {
	export, isExport := strings.CutPrefix(s.Name, "__ksymtab_")
	switch {
	case s.Name == "":
	case s.Section == elf.SHN_UNDEF:
		m.Imports = append(m.Imports, s.Name)
	case isExport:
		m.Exports = append(m.Exports, export)
	case s.Name == "cleanup_module":
		m.HasExit = true
	}
}
