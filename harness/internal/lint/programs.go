// SPDX-License-Identifier: GPL-2.0-only

package lint

import (
	"context"
	"errors"
	"fmt"
	"os/exec"
	"slices"
	"strings"

	"kmodlab/internal/fault"
)

// Go returns the checks of the Go sources below root. The magefile has a build
// tag of its own.
func Go(root string) []Check {
	return []Check{
		program("gofmt", root, "gofmt", "-l", "-s", "."),
		program("go vet", root, "go", "vet", "./..."),
		program("go vet, magefile", root, "go", "vet", "-tags=mage", "."),
		program("staticcheck", root, "go", "tool", "staticcheck", "./..."),
		program("staticcheck, magefile", root, "go", "tool", "staticcheck", "-tags=mage", "."),
	}
}

// folder is a folder of C sources and what checkpatch need not say about them.
type folder struct {
	path   string   // below the project's root
	ignore []string // types of messages
	reason string   // why these are ignored
}

// styled are the folders whose C is the kernel's. The blueprint of a lesson is
// no C before it has a name.
var styled = []folder{
	{path: "kmod"},
	{path: "guest/counters"},
	{path: "harness/internal/coverage/testdata"},
	{"harness/testdata/coverage", []string{"AVOID_BUG", "SINGLE_STATEMENT_DO_WHILE_MACRO"}, "it crashes the kernel on purpose; an asm is no expression"},
	{path: "harness/testdata/cycles"},
	{path: "harness/testdata/foreign"},
	{path: "harness/testdata/misuse"},
	{path: "harness/testdata/wrong"},
	{path: "harness/testdata/zoo"},
	{path: "harness/internal/foreign/testdata/hostile"},
	{"harness/testdata/faults", []string{"AVOID_BUG", "EXPORT_SYMBOL", "VOLATILE"}, "they do wrong on purpose"},
	{"harness/internal/vm/testdata/modules", []string{"AVOID_BUG"}, "it crashes the kernel on purpose"},
	{"guest/executor/src", []string{"CAMELCASE", "PREFER_KERNEL_TYPES"}, "a program has C's own words: _Noreturn, uint32_t"},
}

// Style returns the checks of the C sources below root by the script
// checkpatch, which perl runs.
func Style(root, checkpatch string) []Check {
	var checks []Check
	for _, f := range styled {
		checks = append(checks, Check{Name: "checkpatch --strict, " + f.path, Ask: func(ctx context.Context) ([]string, error) {
			return style(ctx, root, checkpatch, f)
		}})
	}
	return checks
}

func style(ctx context.Context, root, checkpatch string, f folder) ([]string, error) {
	sources, err := cSources(root, f.path)
	if err != nil {
		return nil, err
	}
	args := []string{checkpatch, "--no-tree", "--strict", "--terse", "--show-types", "--no-summary"}
	if len(f.ignore) > 0 {
		args = append(args, "--ignore="+strings.Join(f.ignore, ","))
	}
	return run(ctx, root, "perl", slices.Concat(args, []string{"--file"}, sources)...)
}

// program returns a check that is a program: each line that it prints is a
// finding.
func program(name, dir, path string, args ...string) Check {
	return Check{Name: name, Ask: func(ctx context.Context) ([]string, error) { return run(ctx, dir, path, args...) }}
}

// run runs a program in the folder dir and returns the lines that it prints. A
// checker ends badly when it has found something; one that has nothing to say
// and ends badly did not check.
func run(ctx context.Context, dir, path string, args ...string) ([]string, error) {
	cmd := exec.CommandContext(ctx, path, args...)
	cmd.Dir = dir
	output, err := cmd.CombinedOutput()
	if ctx.Err() != nil {
		return nil, context.Cause(ctx)
	}
	findings := lines(string(output))
	if _, ended := errors.AsType[*exec.ExitError](err); err != nil && (!ended || len(findings) == 0) {
		return nil, &fault.Error{Owner: fault.Host, What: "cannot run " + path, Err: fmt.Errorf("%w: %s", err, strings.Join(findings, "; ")), Hint: "see that it is in PATH and runs"}
	}
	return findings, nil
}

func lines(text string) []string {
	var all []string
	for line := range strings.Lines(text) {
		if line = strings.TrimSpace(line); line != "" {
			all = append(all, line)
		}
	}
	return all
}
