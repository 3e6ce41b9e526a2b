// SPDX-License-Identifier: GPL-2.0-only

package lint

import (
	"bufio"
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"kmodlab/internal/fault"
)

// put writes a file below root.
func put(t *testing.T, root, name, text string) {
	t.Helper()
	path := filepath.Join(root, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o755); err != nil {
		t.Fatal(err)
	}
}

// Each script is looked at, and what need not be said about one of them is said
// about the others.
func TestScripts(t *testing.T) {
	if _, err := exec.LookPath("shellcheck"); err != nil {
		t.Skipf("no shellcheck: %v", err)
	}
	root := t.TempDir()
	var want []string
	for _, s := range scripts {
		put(t, root, s.path, "#!/bin/sh\necho '$HOME'\n")
		if !slices.Contains(s.ignore, "SC2016") {
			want = append(want, s.path+":2")
		}
	}
	got, err := Scripts(root).Ask(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for i, f := range got {
		got[i] = strings.Join(strings.SplitN(f, ":", 3)[:2], ":")
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("findings (-want +got):\n%s", d)
	}
}

// Where shellcheck is missing, the machine is blamed, once.
func TestScriptsWithoutShellcheck(t *testing.T) {
	t.Setenv("PATH", t.TempDir())
	_, err := Scripts(t.TempDir()).Ask(t.Context())
	if e, ok := errors.AsType[*fault.Error](err); !ok || e.Owner != fault.Host || !strings.Contains(e.Hint, "install shellcheck") {
		t.Errorf("error %v; want the host's, with what to install", err)
	}
}

var shebang = regexp.MustCompile(`^#!.*\b(ba|da)?sh\b`)

// No shell script of the project is overlooked.
func TestEveryScript(t *testing.T) {
	const root = "../../.."
	var got []string
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && slices.Contains([]string{".git", "out"}, d.Name()):
			return fs.SkipDir
		case !d.Type().IsRegular():
			return nil
		}
		f, err := os.Open(path)
		if err != nil {
			return err
		}
		defer f.Close()
		first, _ := bufio.NewReader(f).Peek(32) // a shorter file has less
		rel, err := filepath.Rel(root, path)
		if shebang.Match(first) || filepath.Ext(path) == ".sh" {
			got = append(got, rel)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	var want []string
	for _, s := range scripts {
		want = append(want, s.path)
		if len(s.ignore) > 0 && s.reason == "" {
			t.Errorf("%s: %q is ignored without a reason", s.path, s.ignore)
		}
	}
	slices.Sort(want)
	slices.Sort(got)
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("scripts that are checked (-checked +there are):\n%s", d)
	}
}

// actionlint sees what is wrong with a workflow.
func TestWorkflows(t *testing.T) {
	const project = "../../.."
	root := t.TempDir()
	for _, name := range []string{"go.mod", "go.sum"} { // which say what the tool is
		text, err := os.ReadFile(filepath.Join(project, name))
		if err != nil {
			t.Fatal(err)
		}
		put(t, root, name, string(text))
	}
	put(t, root, ".git/HEAD", "")
	put(t, root, ".github/workflows/x.yml", "on: push\njobs:\n  a:\n    runs-on: ubuntu-latest\n    steps:\n      - uses: actions/checkout@v5\n        wiht: {}\n")
	got, err := Workflows(root).Ask(t.Context())
	if err != nil || len(got) != 1 || !strings.Contains(got[0], "x.yml:7:9") {
		t.Errorf("%v, %q; want the line of the wrong key", err, got)
	}
	if got, err := Workflows(project).Ask(t.Context()); err != nil || len(got) > 0 {
		t.Errorf("of the project's own it says %v, %q; want nothing", err, got)
	}
}
