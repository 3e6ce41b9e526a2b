// SPDX-License-Identifier: GPL-2.0-only

package ci

import (
	"io"
	"os/exec"
	"regexp"
	"strings"
	"testing"

	"github.com/rhysd/actionlint"
)

// actionlint has nothing to say about the workflows, and neither has shellcheck,
// which it asks where it is installed.
func TestActionlint(t *testing.T) {
	for _, name := range workflows(t) {
		lint(t, name, read(t, name))
	}
}

// The action's steps would be well in a workflow, too, which is all that
// actionlint knows to read.
func TestActionlintOnTheAction(t *testing.T) {
	_, steps, ok := strings.Cut(string(read(t, "action.yml")), "\n  steps:\n")
	if !ok {
		t.Fatal("action.yml has no steps")
	}
	var workflow strings.Builder
	workflow.WriteString("on:\n  workflow_call:\n    inputs:\n")
	for name := range readAction(t).Inputs {
		workflow.WriteString("      " + name + ": {type: string}\n")
	}
	workflow.WriteString("jobs:\n  action:\n    runs-on: ubuntu-latest\n    steps:\n" + steps)
	lint(t, "action.yml, as a workflow", []byte(workflow.String()))
}

// byCommit is an action by a commit; what it takes is known by its major version.
var byCommit = regexp.MustCompile(`@[0-9a-f]{40} # (v\d+)[.\d]*`)

// lint has actionlint read a workflow of the project.
func lint(t *testing.T, name string, text []byte) {
	t.Helper()
	shellcheck, _ := exec.LookPath("shellcheck") // TestShellcheck tells that it is missing
	l, err := actionlint.NewLinter(io.Discard, &actionlint.LinterOptions{Shellcheck: shellcheck})
	if err != nil {
		t.Fatal(err)
	}
	project, err := actionlint.NewProject(root)
	if err != nil {
		t.Fatal(err)
	}
	findings, err := l.Lint(name, byCommit.ReplaceAll(text, []byte("@$1")), project)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range findings {
		t.Errorf("%v", f)
	}
}

// shellcheck has nothing to say about scripts that others run.
func TestShellcheck(t *testing.T) {
	shellcheck, err := exec.LookPath("shellcheck")
	if err != nil {
		t.Skipf("no shellcheck: %v", err)
	}
	scripts := map[string]string{}
	for _, s := range readAction(t).Runs.Steps {
		if s.Run != "" {
			scripts["action.yml, "+s.Name] = "#!/bin/bash\n" + s.Run
		}
	}
	job := readTemplate(t)
	scripts["kmodlab.gitlab-ci.yml"] = "#!/bin/bash\n" + job.script()
	scripts["kmodlab.gitlab-ci.yml, afterwards"] = "#!/bin/bash\n" + strings.Join(job.AfterScript, "\n")
	for name, script := range scripts {
		cmd := exec.CommandContext(t.Context(), shellcheck, "-")
		cmd.Stdin = strings.NewReader(script)
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Errorf("%s: %v\n%s", name, err, out)
		}
	}
}
