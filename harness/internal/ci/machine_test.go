// SPDX-License-Identifier: GPL-2.0-only

package ci

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// nasty is a value that does not survive a shell which gets to see it.
const nasty = `a:x=1 y="2  3";b:z='$HOME' $(touch pwned) * \`

// standIn is run in the place of programs that change a machine. It writes down
// how it was called: words end with \x1f, calls with \x1e.
const standIn = `#!/bin/bash
name=${0##*/}
call=("$name" "$@")
case "$name $1" in
"id -u") echo "$STAND_IN_UID"; exit ;;
"sudo tee") call+=("$(cat)") ;;
"kmodlab "*) call=("$name" "in $PWD" "$@") ;;
esac
{ printf '%s\x1f' "${call[@]}"; printf '\x1e'; } >>"$STAND_IN_CALLS"
case "$name $1" in
"kmodlab "*) exit "$KMODLAB_STATUS" ;;
"go env") echo "/go/$2" ;;
"go build")
	while [ "$1" != -o ]; do shift; done
	mkdir -p "$(dirname "$2")" && cp "$0" "$2"
	;;
esac
`

// machine is a place to run scripts in.
type machine struct {
	dir  string // everything
	work string // the user's folder
	bin  string // the stand-ins
	env  map[string]string
}

func newMachine(t *testing.T) *machine {
	t.Helper()
	dir := t.TempDir()
	m := &machine{dir: dir, work: filepath.Join(dir, "work"), bin: filepath.Join(dir, "bin")}
	for _, path := range []string{m.work, m.bin} {
		if err := os.Mkdir(path, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	for _, name := range []string{"go", "git", "id", "sudo", "apt-get"} {
		if err := os.WriteFile(filepath.Join(m.bin, name), []byte(standIn), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	m.env = map[string]string{
		"HOME": filepath.Join(dir, "home"), "PATH": m.bin + ":" + os.Getenv("PATH"),
		"STAND_IN_CALLS": filepath.Join(dir, "calls"), "STAND_IN_UID": "0", "KMODLAB_STATUS": "0",
	}
	return m
}

// bash runs a script as GitHub's runner does, and GitLab's, and returns how it ends.
func (m *machine) bash(t *testing.T, script string) string {
	t.Helper()
	path := filepath.Join(m.dir, "script.sh")
	if err := os.WriteFile(path, []byte(script), 0o644); err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), "bash", "--noprofile", "--norc", "-eo", "pipefail", path)
	cmd.Dir = m.work
	cmd.Env = []string{}
	for name, value := range m.env {
		cmd.Env = append(cmd.Env, name+"="+value)
	}
	out, err := cmd.CombinedOutput()
	if _, ended := errors.AsType[*exec.ExitError](err); err != nil && !ended {
		t.Fatal(err)
	}
	if len(out) > 0 {
		t.Logf("%s", out)
	}
	return strconv.Itoa(cmd.ProcessState.ExitCode())
}

// calls returns what the stand-ins were asked to do, with TMP for the machine's folder.
func (m *machine) calls(t *testing.T) [][]string {
	t.Helper()
	text, err := os.ReadFile(m.env["STAND_IN_CALLS"])
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		t.Fatal(err)
	}
	var all [][]string
	for call := range strings.SplitSeq(strings.ReplaceAll(string(text), m.dir, "TMP"), "\x1e") {
		if call != "" {
			all = append(all, strings.Split(strings.TrimSuffix(call, "\x1f"), "\x1f"))
		}
	}
	return all
}
