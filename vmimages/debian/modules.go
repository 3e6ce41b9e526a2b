// SPDX-License-Identifier: GPL-2.0-only

package debian

import (
	"bytes"
	"debug/elf"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/klauspost/compress/zstd"
	"github.com/ulikunitz/xz"

	"kmodlab/harness/kernel"
)

// virtioDrivers are what a virtio port takes: configuration and module.
var virtioDrivers = []struct{ option, module string }{
	{"VIRTIO_PCI", "virtio_pci"},
	{"VIRTIO_CONSOLE", "virtio_console"},
}

// extractVirtio writes those modules of the folder modules that a kernel so
// configured needs for a virtio port, uncompressed, into the folder out. It
// returns their file names in insertion order; none when all is built in.
func extractVirtio(options kernel.Options, modules, out string) ([]string, error) {
	files, err := moduleFiles(modules)
	if err != nil {
		return nil, err
	}
	order := insertion{files: files, images: map[string][]byte{}}
	for _, d := range virtioDrivers {
		switch options[d.option] {
		case "y":
		case "m":
			if err := order.add(d.module, nil); err != nil {
				return nil, err
			}
		default:
			return nil, fmt.Errorf("the kernel has no %s: no virtio port", d.option)
		}
	}
	if len(order.names) == 0 {
		return nil, nil
	}
	if err := os.MkdirAll(out, 0o755); err != nil {
		return nil, err
	}
	var names []string
	for _, name := range order.names {
		names = append(names, name+".ko")
		if err := os.WriteFile(filepath.Join(out, name+".ko"), order.images[name], 0o644); err != nil {
			return nil, err
		}
	}
	return names, nil
}

// insertion collects modules so that each follows those it depends on.
type insertion struct {
	files  map[string]string // name of a module to its file
	names  []string
	images map[string][]byte
}

func (o *insertion) add(name string, above []string) error {
	if slices.Contains(o.names, name) {
		return nil
	}
	if slices.Contains(above, name) {
		return fmt.Errorf("module %s depends on itself, by way of %s", name, strings.Join(above, ", "))
	}
	file, ok := o.files[name]
	if !ok {
		return fmt.Errorf("module %s is not among the kernel's modules", name)
	}
	image, err := readModule(file)
	if err != nil {
		return err
	}
	depends, err := moduleDepends(image)
	if err != nil {
		return fmt.Errorf("%s: %w", file, err)
	}
	for _, d := range depends {
		if err := o.add(d, append(above, name)); err != nil {
			return err
		}
	}
	o.names = append(o.names, name)
	o.images[name] = image
	return nil
}

// moduleFiles maps the names of all modules below dir to their files. In a
// name hyphens become underscores, as in the kernel.
func moduleFiles(dir string) (map[string]string, error) {
	files := map[string]string{}
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			if os.IsNotExist(err) {
				return nil // a kernel without a package of modules
			}
			return err
		}
		if name, _, ok := strings.Cut(d.Name(), ".ko"); ok && d.Type().IsRegular() {
			files[strings.ReplaceAll(name, "-", "_")] = path
		}
		return nil
	})
	return files, err
}

// readModule returns the module in file: plain, .xz or .zst.
func readModule(file string) ([]byte, error) {
	f, err := os.Open(file)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	var r io.Reader = f
	switch filepath.Ext(file) {
	case ".xz":
		if r, err = xz.NewReader(f); err != nil {
			return nil, fmt.Errorf("%s: %w", file, err)
		}
	case ".zst":
		z, err := zstd.NewReader(f)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", file, err)
		}
		defer z.Close()
		r = z
	}
	image, err := io.ReadAll(r)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	return image, nil
}

// moduleDepends returns the modules that a module needs, from the entry
// "depends=a,b" of its section .modinfo (strings that end in NUL).
func moduleDepends(image []byte) ([]string, error) {
	f, err := elf.NewFile(bytes.NewReader(image))
	if err != nil {
		return nil, err
	}
	section := f.Section(".modinfo")
	if section == nil {
		return nil, fmt.Errorf("no section .modinfo: not a module")
	}
	info, err := section.Data()
	if err != nil {
		return nil, err
	}
	for _, field := range strings.Split(string(info), "\x00") {
		if list, ok := strings.CutPrefix(field, "depends="); ok && list != "" {
			return strings.Split(strings.ReplaceAll(list, "-", "_"), ","), nil
		}
	}
	return nil, nil
}
