// SPDX-License-Identifier: GPL-2.0-only

package ci

import (
	"io"
	"os/exec"
	"strings"
	"testing"

	"github.com/rhysd/actionlint"
)

// actionlint has nothing to say about the workflows, and neither has shellcheck,
// which it asks where it is installed.
func TestActionlint(t *testing.T) {
	shellcheck, _ := exec.LookPath("shellcheck") // TestShellcheck tells that it is missing
	l, err := actionlint.NewLinter(io.Discard, &actionlint.LinterOptions{Shellcheck: shellcheck})
	if err != nil {
		t.Fatal(err)
	}
	findings, err := l.LintRepository(root)
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
