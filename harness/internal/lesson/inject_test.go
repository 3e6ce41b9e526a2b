// SPDX-License-Identifier: GPL-2.0-only

package lesson

import (
	"strings"
	"syscall"
	"testing"
)

func TestFail(t *testing.T) {
	const script = "fail slab 2\n! insmod hello\nstderr ENOMEM\ndmesg\n"
	refused := Step{Errno: syscall.ENOMEM}
	steps := func(left string) map[string]Step {
		return map[string]Step{
			"insmod hello":    refused,
			"read " + failNth: {Output: left},
			"write " + failFunction + "/inject schedule": {Errno: syscall.EINVAL},
			"read /proc/x": {Output: "x"},
		}
	}
	for name, tt := range map[string]struct {
		script  string
		left    string // of what is counted down, when the step is over
		has     []string
		problem string
		lacks   string
	}{
		"an allocation fails":        {script, "0\n", canFail, "", ""},
		"there are not so many":      {script, "1\n", canFail, "fail slab 2: nothing failed, the step came to number 1 of them", ""},
		"a page fails":               {"fail page\nread /proc/x\ndmesg\n", "0\n", canFail, "", ""},
		"no function of that kind":   {"fail schedule\n! insmod hello\ndmesg\n", "0\n", canFail, "fail schedule: this kernel lets nobody make it fail", ""},
		"another task does it":       {"fail slab\nrun ls\ndmesg\n", "1\n", canFail, `fail slab: "run ls" is done by another task`, ""},
		"no step comes":              {"read /proc/x\ndmesg\nfail slab\n", "1\n", canFail, "fail slab: no step comes after it", ""},
		"the zeroth":                 {"fail slab 0\n! insmod hello\ndmesg\n", "0\n", canFail, "usage: fail slab|page|FUNCTION [N]", ""},
		"a kernel that lets nothing": {script, "0\n", nil, "", "needs config:FAILSLAB"},
		"the filter does not count":  {script, "0\n", canFail[:4], "", "needs kernel:>=6.2"},
	} {
		t.Run(name, func(t *testing.T) {
			out, _ := play(t, tape{steps: steps(tt.left), has: tt.has}, tt.script, false)
			if !strings.HasPrefix(out.Problem, tt.problem) || out.Unsupported != tt.lacks || out.Finished != (tt.problem == "" && tt.lacks == "") {
				t.Errorf("finished %t, problem %q, unsupported %q; want %q, %q", out.Finished, out.Problem, out.Unsupported, tt.problem, tt.lacks)
			}
		})
	}
}
