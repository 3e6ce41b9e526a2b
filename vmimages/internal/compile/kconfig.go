// SPDX-License-Identifier: GPL-2.0-only

package compile

import (
	"bufio"
	"io"
	"io/fs"
	"strings"
)

// known returns the names of all options that the Kconfig files in a kernel's
// sources have.
func known(sources fs.FS) (map[string]bool, error) {
	names := map[string]bool{}
	err := fs.WalkDir(sources, ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasPrefix(d.Name(), "Kconfig") {
			return err
		}
		f, err := sources.Open(path)
		if err != nil {
			return err
		}
		defer f.Close()
		return addOptions(names, f)
	})
	return names, err
}

// addOptions adds the options that a Kconfig file has:
// Documentation/kbuild/kconfig-language.rst, "Menu entries".
func addOptions(names map[string]bool, r io.Reader) error {
	sc := bufio.NewScanner(r)
	for sc.Scan() {
		words := strings.Fields(sc.Text())
		if len(words) == 2 && (words[0] == "config" || words[0] == "menuconfig") {
			names[words[1]] = true
		}
	}
	return sc.Err()
}

// strangers returns those of the options that no Kconfig file has.
func strangers(options []Option, names map[string]bool) []string {
	var all []string
	for _, o := range options {
		if !names[o.Name] {
			all = append(all, "CONFIG_"+o.Name)
		}
	}
	return all
}
