// SPDX-License-Identifier: GPL-2.0-only

package foreign

import (
	"fmt"
	"path/filepath"
	"regexp"
	"strings"

	"kmodlab/internal/kernel"
)

// dkms is what a dkms.conf says (dkms(8)). CLEAN is not of interest, for a copy
// has nothing to clean, nor is DEST_MODULE_NAME: it is the name of the installed
// file, and the kernel goes by the one that the module was built with.
type dkms struct {
	name, version string // of the package

	make          string    // the command that builds; "" for the usual one
	modules       []promise // what it builds, if it says so
	patches       []string  // in the folder patches
	before, after string    // PRE_BUILD and POST_BUILD: scripts around make, with arguments

	exclusive map[string]string // BUILD_EXCLUSIVE_KERNEL and the like: for which kernels it is
}

// place is where DKMS builds, below what it has for itself.
func (d *dkms) place() string { return filepath.Join("dkms", d.name, d.version, "build") }

// promise is a module that a dkms.conf says make makes.
type promise struct {
	name string
	dir  string // BUILT_MODULE_LOCATION: the folder in the sources that it is in then
}

// families are the variables that have an element for each module.
var families = []string{"BUILT_MODULE_NAME", "BUILT_MODULE_LOCATION", "DEST_MODULE_NAME", "DEST_MODULE_LOCATION"}

// newDKMS makes sense of the variables of a dkms.conf, as read_conf in dkms.in
// does.
func newDKMS(vars map[string][]string, release string) *dkms {
	at := func(name string, i int) string {
		if all := vars[name]; i < len(all) {
			return all[i]
		}
		return ""
	}
	d := &dkms{name: at("PACKAGE_NAME", 0), version: at("PACKAGE_VERSION", 0), before: at("PRE_BUILD", 0), after: at("POST_BUILD", 0), exclusive: map[string]string{}}
	for i, command := range vars["MAKE"] {
		expr := at("MAKE_MATCH", i)
		if command != "" && (i == 0 && expr == "" || expr != "" && matching(expr, release)) {
			d.make = command // the last one counts
		}
	}
	for i, name := range vars["PATCH"] {
		if expr := at("PATCH_MATCH", i); name != "" && (expr == "" || matching(expr, release)) {
			d.patches = append(d.patches, name)
		}
	}
	n := 0
	for _, name := range families {
		n = max(n, len(vars[name]))
	}
	for i := range n {
		p := promise{name: at("BUILT_MODULE_NAME", i), dir: at("BUILT_MODULE_LOCATION", i)}
		if p.name == "" && n == 1 {
			p.name = d.name
		}
		if p.name != "" {
			d.modules = append(d.modules, p)
		}
	}
	for _, name := range []string{"KERNEL", "KERNEL_MIN", "KERNEL_MAX", "ARCH", "CONFIG"} {
		if value := at("BUILD_EXCLUSIVE_"+name, 0); value != "" {
			d.exclusive[name] = value
		}
	}
	return d
}

// excluded returns why the module is not for the kernel k, "" if it is.
func (d *dkms) excluded(k *kernel.Kernel, machine string) (string, error) {
	says := func(name string) string {
		return fmt.Sprintf("its dkms.conf is for other kernels: BUILD_EXCLUSIVE_%s=%q", name, d.exclusive[name])
	}
	if e := d.exclusive["KERNEL"]; e != "" && !matching(e, k.Release) {
		return says("KERNEL"), nil
	}
	if e := d.exclusive["ARCH"]; e != "" && !matching(e, machine) {
		return says("ARCH"), nil
	}
	conditions, err := kernel.NewConditions(k)
	if err != nil {
		return "", err
	}
	for name, condition := range map[string]string{"KERNEL_MIN": "kernel:>=", "KERNEL_MAX": "kernel:<="} {
		if e := d.exclusive[name]; e != "" {
			if ok, err := conditions.Has(condition + e); err != nil || !ok {
				return says(name), nil
			}
		}
	}
	for option := range strings.FieldsSeq(d.exclusive["CONFIG"]) {
		option, unwanted := strings.CutPrefix(option, "!")
		if has, err := conditions.Has("config:" + option); err != nil || has == unwanted {
			return says("CONFIG"), nil
		}
	}
	return "", nil
}

// matching says whether text matches a regular expression of a dkms.conf, which
// is bash's; one that Go does not know matches nothing.
func matching(expr, text string) bool {
	re, err := regexp.Compile(expr)
	return err == nil && re.MatchString(text)
}
