// SPDX-License-Identifier: GPL-2.0-only

package compile

import (
	"fmt"
	"regexp"
	"strings"

	"kmodlab/internal/fault"
	"kmodlab/internal/kernel"
)

// Option is what a configuration says of one option.
type Option struct {
	Name  string // without CONFIG_
	Value string // "y", "m", "n", or a number or text as Kconfig writes it
	Why   string
}

// String is the option as a file of Kconfig has it.
func (o Option) String() string {
	if o.Value == "n" {
		return "# CONFIG_" + o.Name + " is not set"
	}
	return "CONFIG_" + o.Name + "=" + o.Value
}

// line is a line of a configuration: name, value, which kernels it is for, why.
var line = regexp.MustCompile(`^CONFIG_([A-Z0-9_a-z]+)=("[^"]*"|[^\s"#\[\]]+)((?:\s+\[kernel:[<>=]+[0-9.]+\])*)\s+#\s*(\S.*)$`)

// condition is one of the conditions of a line.
var condition = regexp.MustCompile(`\[kernel:([<>=]+[0-9.]+)\]`)

// Options reads a configuration for a kernel of some version, "6.12.118". A line
// has one option and says why:
//
//	CONFIG_KASAN=y # reads and writes of memory that was freed
//	CONFIG_BASE_FULL=y [kernel:>=5.10] [kernel:<6.12] # or tables are too small
//
// An option that is not for all kernels has conditions. What is anything else,
// but for empty lines and remarks, is a [fault.Error]; so is an option that is
// there twice.
func Options(name, text, version string) ([]Option, error) {
	var all []Option
	seen := map[string]bool{}
	n := 0
	for l := range strings.Lines(text) {
		n++
		if l = strings.TrimSpace(l); l == "" || l[0] == '#' {
			continue
		}
		bad := func(format string, args ...any) error {
			return &fault.Error{Owner: fault.Harness, What: "the configuration makes no sense: " + fmt.Sprintf(format, args...), Where: fmt.Sprintf("%s:%d", name, n),
				Hint: "a line is CONFIG_NAME=y # why; or CONFIG_NAME=y [kernel:>=6.1] # why"}
		}
		m := line.FindStringSubmatch(l)
		if m == nil {
			return nil, bad("%.60q", l)
		}
		wanted := true
		for _, c := range condition.FindAllStringSubmatch(m[3], -1) {
			holds, err := kernel.Compares(version, c[1])
			if err != nil {
				return nil, bad("%s: %v", c[1], err)
			}
			wanted = wanted && holds
		}
		if !wanted {
			continue
		}
		if seen[m[1]] {
			return nil, bad("%s is there twice for %s", m[1], version)
		}
		seen[m[1]] = true
		all = append(all, Option{Name: m[1], Value: m[2], Why: m[4]})
	}
	return all, nil
}

// Text is what Kconfig reads of the options. Why they are there makes no
// difference to a kernel.
func Text(options []Option) string {
	var b strings.Builder
	for _, o := range options {
		b.WriteString(o.String() + "\n")
	}
	return b.String()
}

// loose returns what a kernel that was configured does not have as the options
// say.
func loose(options []Option, got kernel.Options) []string {
	var all []string
	for _, o := range options {
		have, ok := got[o.Name]
		if !ok {
			have = "n"
		}
		if want := strings.Trim(o.Value, `"`); have != want {
			all = append(all, fmt.Sprintf("CONFIG_%s is %s, not %s", o.Name, have, want))
		}
	}
	return all
}
