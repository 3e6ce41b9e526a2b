// SPDX-License-Identifier: GPL-2.0-only

package kernel

import (
	"bufio"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// Options is a kernel's configuration: CONFIG_ name without the prefix, to "y",
// "m" or a value. An option that is not set is absent.
type Options map[string]string

// ReadOptions reads a .config file. It returns the error of the file system.
func ReadOptions(path string) (Options, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	opts := Options{}
	for sc := bufio.NewScanner(f); ; {
		if !sc.Scan() {
			return opts, sc.Err()
		}
		name, value, ok := strings.Cut(sc.Text(), "=")
		if name, is := strings.CutPrefix(name, "CONFIG_"); ok && is {
			opts[name] = strings.Trim(value, `"`)
		}
	}
}

// Exports is the set of symbols that a kernel offers to modules, each with the
// object that exports it: "vmlinux", or the path of an in-tree module.
type Exports map[string]string

// Exports reads the symbols that modules built for k can link to, from the
// Module.symvers of its headers (tab-separated CRC, name, object, licence;
// scripts/mod/modpost.c writes it).
func (k *Kernel) Exports() (Exports, error) {
	path := filepath.Join(k.Headers, "Module.symvers")
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	exports := Exports{}
	sc := bufio.NewScanner(f)
	for n := 1; sc.Scan(); n++ {
		fields := strings.Split(sc.Text(), "\t")
		if len(fields) < 4 {
			return nil, fmt.Errorf("%s:%d: %d fields, want at least 4", path, n, len(fields))
		}
		exports[fields[1]] = fields[2]
	}
	return exports, sc.Err()
}
