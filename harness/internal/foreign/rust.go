// SPDX-License-Identifier: GPL-2.0-only

package foreign

import (
	"cmp"
	"fmt"
	"os"
	"path/filepath"
	"regexp"

	"kmodlab/internal/kernel"
)

// object is the name of an object in a Kbuild file.
var object = regexp.MustCompile(`([\w/.+-]+)\.o\b`)

// rust returns the sources in Rust that the folder's objects are made of, and
// whether none is made of anything else.
func (f *Folder) rust() (sources []string, all bool) {
	all = true
	has := func(name string) bool {
		_, err := os.Stat(filepath.Join(f.Dir, name))
		return err == nil
	}
	for _, name := range recipes {
		text, err := os.ReadFile(filepath.Join(f.Dir, name))
		if err != nil {
			continue
		}
		for _, m := range object.FindAllSubmatch(text, -1) {
			name := string(m[1])
			switch {
			case has(name+".c") || has(name+".S"):
				all = false
			case has(name + ".rs"):
				sources = append(sources, name+".rs")
			}
		}
	}
	return sources, all
}

// withoutRust returns why the folder, which is in Rust, cannot be built for the
// kernel k, "" if it is not, or can. A kernel is built with CONFIG_RUST or not
// (init/Kconfig); its own crates are what a module is compiled against
// (rust_common_cmd in scripts/Makefile.build: -L $(objtree)/rust/), and Debian's
// headers have none of them.
func (f *Folder) withoutRust(k *kernel.Kernel) (string, error) {
	sources, all := f.rust()
	if len(sources) == 0 || !all {
		return "", nil
	}
	options, err := kernel.ReadOptions(k.Config)
	if err != nil {
		return "", err
	}
	needs := sources[0] + " needs Rust: "
	if options["RUST"] != "y" {
		return needs + fmt.Sprintf("this kernel's CONFIG_RUST is not set, its CONFIG_RUSTC_VERSION is %s", cmp.Or(options["RUSTC_VERSION"], "not there")), nil
	}
	if _, err := os.Stat(filepath.Join(k.Headers, "rust/libkernel.rmeta")); err != nil {
		return needs + "this kernel's CONFIG_RUST is y, but its headers come without the crates that a module is compiled against (rust/libkernel.rmeta)", nil
	}
	return "", nil
}
