// SPDX-License-Identifier: GPL-2.0-only

package foreign

import (
	"context"
	"errors"
	"fmt"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"kmodlab/internal/fault"
	"kmodlab/internal/kernel"
	"kmodlab/internal/toolchain"
)

// dkms is what a dkms.conf says (dkms(8)).
type dkms struct {
	name, version string // of the package

	make    string   // the command that builds; "" for the usual one
	modules []string // names of the modules that it builds, if it says so
	notes   []string // what is not done as DKMS would do it

	exclusive map[string]string // BUILD_EXCLUSIVE_KERNEL and the like: for which kernels it is
}

// dkmsVariables are what is read of a dkms.conf.
var dkmsVariables = []string{"PACKAGE_NAME", "PACKAGE_VERSION", "MAKE", "MAKE_MATCH", "BUILT_MODULE_NAME", "DEST_MODULE_LOCATION", "PATCH", "PRE_BUILD", "POST_BUILD",
	"BUILD_EXCLUSIVE_KERNEL", "BUILD_EXCLUSIVE_KERNEL_MIN", "BUILD_EXCLUSIVE_KERNEL_MAX", "BUILD_EXCLUSIVE_ARCH", "BUILD_EXCLUSIVE_CONFIG"}

// dkmsReader is the script that reads one, as DKMS does: a dkms.conf is a bash
// script. It prints name, index and value of what is set, each with a NUL.
const dkmsReader = `. ./dkms.conf >/dev/null 2>&1 </dev/null
for name; do
	declare -n array=$name
	for i in "${!array[@]}"; do printf '%s\0%s\0%s\0' "$name" "$i" "${array[$i]}"; done
done`

// readDKMS reads the dkms.conf of the copy.
func (b *build) readDKMS(ctx context.Context) (*dkms, error) {
	argv := append([]string{"bash", "-c", dkmsReader, "dkms"}, dkmsVariables...)
	output, err := toolchain.Program{Dir: b.stage, Argv: argv, Env: b.variables(), Path: filepath.Join(b.work, "bin"), Write: []string{b.work}}.Run(ctx, b.kernel)
	_, owned := errors.AsType[*fault.Error](err)
	switch {
	case ctx.Err() != nil:
		return nil, context.Cause(ctx)
	case owned: // it did not end
		return nil, err
	case errors.Is(err, exec.ErrNotFound):
		return nil, &fault.Error{Owner: fault.Host, What: "a dkms.conf is read by bash, which is not installed", Err: err, Hint: "apt-get install bash"}
	case err != nil:
		return nil, &fault.Error{Owner: fault.Build, What: "cannot read the dkms.conf", Where: filepath.Join(b.folder.Dir, dkmsFile), Err: fmt.Errorf("%w: %s", err, output)}
	}
	return parseDKMS(output, b.kernel.Release), nil
}

// parseDKMS makes sense of what dkmsReader printed.
func parseDKMS(output, release string) *dkms {
	vars := map[string][]string{}
	fields := strings.Split(output, "\x00")
	for ; len(fields) >= 3; fields = fields[3:] {
		i, err := strconv.Atoi(fields[1])
		if err != nil || i < 0 || i > 100 {
			continue
		}
		for len(vars[fields[0]]) <= i {
			vars[fields[0]] = append(vars[fields[0]], "")
		}
		vars[fields[0]][i] = fields[2]
	}
	first := func(name string) string {
		if all := vars[name]; len(all) > 0 {
			return all[0]
		}
		return ""
	}
	d := &dkms{name: first("PACKAGE_NAME"), version: first("PACKAGE_VERSION"), make: first("MAKE"), exclusive: map[string]string{}}
	for i, expr := range vars["MAKE_MATCH"] {
		if i > 0 && i < len(vars["MAKE"]) && expr != "" && matching(expr, release) {
			d.make = vars["MAKE"][i]
		}
	}
	d.modules = slices.DeleteFunc(slices.Clone(vars["BUILT_MODULE_NAME"]), func(name string) bool { return name == "" })
	if len(d.modules) == 0 && d.name != "" && len(vars["DEST_MODULE_LOCATION"]) == 1 {
		d.modules = []string{d.name}
	}
	for _, name := range []string{"PATCH", "PRE_BUILD", "POST_BUILD"} {
		if len(vars[name]) > 0 {
			d.notes = append(d.notes, "its dkms.conf has "+name+", which is not done")
		}
	}
	for _, name := range []string{"KERNEL", "KERNEL_MIN", "KERNEL_MAX", "ARCH", "CONFIG"} {
		if value := first("BUILD_EXCLUSIVE_" + name); value != "" {
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
