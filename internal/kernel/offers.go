// SPDX-License-Identifier: GPL-2.0-only

package kernel

import (
	"bufio"
	"fmt"
	"io"
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

// Exports is the set of symbols that a kernel offers to modules.
type Exports map[string]Export

// Export is how a kernel offers a symbol.
type Export struct {
	Object    string // "vmlinux", or the path of the in-tree module that has it
	GPL       bool   // only for modules under the GPL
	Namespace string // that a module has to import; "" for none
}

// exports reads the symbols that modules built for k can link to, from the
// Module.symvers of its headers.
func (k *Kernel) exports() (Exports, error) { return ReadExports(k.Headers) }

// ReadExports reads the symbols that the Module.symvers of a folder of headers
// lists.
func ReadExports(headers string) (Exports, error) {
	path := filepath.Join(headers, "Module.symvers")
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	exports, err := parseExports(f)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return exports, nil
}

// parseExports reads a Module.symvers: CRC, name, object, licence and, since
// 5.4, namespace, with tabs between (scripts/mod/modpost.c, write_dump).
func parseExports(r io.Reader) (Exports, error) {
	exports := Exports{}
	sc := bufio.NewScanner(r)
	for n := 1; sc.Scan(); n++ {
		fields := strings.Split(sc.Text(), "\t")
		if len(fields) < 4 {
			return nil, fmt.Errorf("line %d: %d fields, want at least 4", n, len(fields))
		}
		e := Export{Object: fields[2], GPL: strings.HasSuffix(fields[3], "_GPL")}
		if len(fields) > 4 {
			e.Namespace = fields[4]
		}
		exports[fields[1]] = e
	}
	return exports, sc.Err()
}
