// SPDX-License-Identifier: GPL-2.0-only

package ci

import (
	"regexp"
	"strings"
	"testing"

	"github.com/rhysd/actionlint"
)

// uses is a line that takes an action; its groups are what is taken, and whether
// it cannot change: this project's own, or a commit with its version for people.
var (
	uses   = regexp.MustCompile(`(?m)^[ -]*uses: *(\S+)(.*)$`)
	pinned = regexp.MustCompile(`^([\w.-]+/[\w.-]+)(?:/[\w./-]+)?@([0-9a-f]{40}) # (v\d+\.\d+\.\d+)$`)
)

// An action of somebody else is named by a commit, in all files by the same one: a
// tag can be moved.
func TestPinned(t *testing.T) {
	commits := map[string]string{}
	for _, name := range append(workflows(t), "action.yml") {
		lines := uses.FindAllStringSubmatch(string(read(t, name)), -1)
		if len(lines) == 0 {
			t.Errorf("%s uses nothing, as it seems", name)
		}
		for _, line := range lines {
			if line[1] == "./" {
				continue
			}
			m := pinned.FindStringSubmatch(line[1] + line[2])
			if m == nil {
				t.Errorf("%s uses %s; want it by a whole commit, its version as a comment", name, line[1]+line[2])
				continue
			}
			is := m[2] + " " + m[3]
			if before, ok := commits[m[1]]; ok && before != is {
				t.Errorf("%s uses %s of %s; elsewhere it is %s", name, m[1], is, before)
			}
			commits[m[1]] = is
		}
	}
}

// A workflow may read the sources and nothing else, ends by itself, and is not run
// twice for one branch.
func TestHardened(t *testing.T) {
	for _, name := range workflows(t) {
		w, errs := actionlint.Parse(read(t, name))
		if len(errs) > 0 {
			t.Fatalf("%s: %v", name, errs)
		}
		p := w.Permissions
		if p == nil || p.All != nil || len(p.Scopes) != 1 || p.Scopes["contents"] == nil || p.Scopes["contents"].Value.Value != "read" {
			t.Errorf("%s: permissions are not just contents: read", name)
		}
		if w.Concurrency == nil {
			t.Errorf("%s: nothing is said of concurrency", name)
		}
		for id, job := range w.Jobs {
			if job.TimeoutMinutes == nil {
				t.Errorf("%s: job %s has no timeout-minutes", name, id)
			}
			for _, s := range job.Steps {
				use, ok := s.Exec.(*actionlint.ExecAction)
				if !ok || !strings.HasPrefix(use.Uses.Value, "actions/checkout@") {
					continue
				}
				if keep := use.Inputs["persist-credentials"]; keep == nil || keep.Value.Value != "false" {
					t.Errorf("%s: job %s leaves the token in its checkout", name, id)
				}
			}
		}
	}
}
