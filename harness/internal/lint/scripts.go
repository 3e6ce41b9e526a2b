// SPDX-License-Identifier: GPL-2.0-only

package lint

import (
	"context"
	"os/exec"
	"strings"

	"kmodlab/internal/fault"
)

// scripts are the project's shell scripts.
var scripts = []folder{
	{path: ".ci/run"},
	{path: "harness/internal/kbuild/probes.sh"},
	{"harness/internal/foreign/testdata/hostile/attack.sh", []string{"SC1091", "SC2016"}, "the test writes what it reads; it hands expressions to another shell"},
}

// Scripts returns the check of the shell scripts below root.
func Scripts(root string) Check {
	return Check{Name: "shellcheck", Ask: func(ctx context.Context) ([]string, error) {
		if _, err := exec.LookPath("shellcheck"); err != nil {
			return nil, &fault.Error{Owner: fault.Host, What: "shellcheck is not installed", Err: err, Hint: "run: sudo apt-get install shellcheck"}
		}
		var all []string
		for _, s := range scripts {
			findings, err := run(ctx, root, "shellcheck", "--format=gcc", "--exclude="+strings.Join(s.ignore, ","), s.path)
			if err != nil {
				return all, err
			}
			all = append(all, findings...)
		}
		return all, nil
	}}
}
