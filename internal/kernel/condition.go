// SPDX-License-Identifier: GPL-2.0-only

package kernel

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// Conditions decides what a script asks of a kernel. Its facts are read once,
// so that a kernel of many cases is not read many times.
type Conditions struct {
	version []int
	arch    string
	options Options
	exports Exports
	modules map[string]bool
}

// NewConditions reads what k offers: its configuration and its exported
// symbols.
func NewConditions(k *Kernel) (*Conditions, error) {
	options, err := ReadOptions(k.Config)
	if err != nil {
		return nil, fmt.Errorf("kernel %s: configuration: %w", k.Release, err)
	}
	exports, err := k.exports()
	if err != nil {
		return nil, fmt.Errorf("kernel %s: exported symbols: %w", k.Release, err)
	}
	modules, err := k.ModuleNames()
	if err != nil {
		return nil, fmt.Errorf("kernel %s: its own modules: %w", k.Release, err)
	}
	// Debian's 5.10 and 6.1 are called 5.10.0-N: only the package's version
	// tells the point release.
	version, err := numbers(k.Version)
	if err != nil {
		return nil, fmt.Errorf("kernel %s: version %q: %w", k.Release, k.Version, err)
	}
	return &Conditions{version: version, arch: k.Arch, options: options, exports: exports, modules: modules}, nil
}

// Has tells whether a condition holds:
//
//	kernel:>=6.1      also > < <= ==, compared on the numbers that are given
//	arch:arm64        the kernel is for that architecture
//	config:NAME       CONFIG_NAME is y or m
//	export:SYMBOL     modules can link to SYMBOL
//	module:NAME       the kernel has a module of its own called NAME, which can be inserted
//	!CONDITION        the opposite
//
// Anything else is an error.
func (c *Conditions) Has(condition string) (bool, error) {
	if opposite, ok := strings.CutPrefix(condition, "!"); ok {
		has, err := c.Has(opposite)
		return !has && err == nil, err
	}
	kind, what, ok := strings.Cut(condition, ":")
	if !ok || what == "" {
		return false, fmt.Errorf("no condition %q; write kernel:>=6.1, arch:arm64, config:NAME, export:SYMBOL or module:NAME", condition)
	}
	switch kind {
	case "kernel":
		return c.compare(what)
	case "arch":
		return c.arch == what, nil
	case "config":
		v := c.options[strings.TrimPrefix(what, "CONFIG_")]
		return v == "y" || v == "m", nil
	case "export":
		_, ok := c.exports[what]
		return ok, nil
	case "module":
		return c.modules[what], nil
	}
	return false, fmt.Errorf("no condition %q; write kernel:>=6.1, arch:arm64, config:NAME, export:SYMBOL or module:NAME", condition)
}

func (c *Conditions) compare(what string) (bool, error) {
	holds, err := compares(c.version, what)
	if err != nil {
		return false, fmt.Errorf("condition kernel:%s: %w", what, err)
	}
	return holds, nil
}

// Compares tells whether a version, such as "6.12.118-1", compares as an
// expression says: ">=6.1", also > < <= ==, on the numbers that are given.
func Compares(version, expression string) (bool, error) {
	have, err := numbers(version)
	if err != nil {
		return false, err
	}
	return compares(have, expression)
}

func compares(have []int, expression string) (bool, error) {
	for _, op := range []string{">=", "<=", "==", ">", "<"} {
		rest, ok := strings.CutPrefix(expression, op)
		if !ok {
			continue
		}
		want, err := numbers(rest)
		if err != nil {
			return false, err
		}
		order := compareNumbers(have, want)
		switch op {
		case ">=":
			return order >= 0, nil
		case "<=":
			return order <= 0, nil
		case ">":
			return order > 0, nil
		case "<":
			return order < 0, nil
		}
		return order == 0, nil
	}
	return false, errors.New("no comparison; write kernel:>=6.1")
}

// numbers returns the leading dotted numbers of a version: 6.12.118-1 is 6,
// 12, 118; 7.3~rc7-1 is 7, 3.
func numbers(version string) ([]int, error) {
	end := strings.IndexFunc(version, func(r rune) bool { return r != '.' && (r < '0' || r > '9') })
	if end >= 0 {
		version = version[:end]
	}
	var ns []int
	for part := range strings.SplitSeq(version, ".") {
		n, err := strconv.Atoi(part)
		if err != nil {
			return nil, fmt.Errorf("no version number: %w", err)
		}
		ns = append(ns, n)
	}
	return ns, nil
}

// compareNumbers orders have against want on the numbers that want gives, so
// that 6.12.118 == 6.12.
func compareNumbers(have, want []int) int {
	for i, w := range want {
		h := 0
		if i < len(have) {
			h = have[i]
		}
		if h != w {
			return h - w
		}
	}
	return 0
}
