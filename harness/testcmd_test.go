// SPDX-License-Identifier: GPL-2.0-only

package harness_test

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"kmodlab/internal/fault"
)

// standIn puts a go command in front of PATH that, asked for tests, writes down
// which results are there already, and prints what it is told to.
func (l *lab) standIn(t *testing.T, lines string) []string {
	t.Helper()
	real, err := exec.LookPath("go")
	if err != nil {
		t.Fatal(err)
	}
	bin := t.TempDir()
	text := "#!/bin/sh\nif [ \"$1 $2\" != 'test -json' ]; then exec " + real + " \"$@\"; fi\nls out >seen\n" + lines
	if err := os.WriteFile(filepath.Join(bin, "go"), []byte(text), 0o755); err != nil {
		t.Fatal(err)
	}
	return []string{"PATH=" + bin + ":" + os.Getenv("PATH")}
}

// report returns what stands in a file of the output folder.
func (l *lab) report(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(l.dir, name))
	if err != nil {
		t.Error(err)
	}
	return string(text)
}

// TestGoTestsComeLast has the real program run a lesson, and a go command that
// is not the real one run the Go tests: all about the lesson is complete before
// they begin, and stays so whatever they do.
func TestGoTestsComeLast(t *testing.T) {
	real := needs(t)
	l := newLab(t)
	l.cache = real
	const skip = `cat <<'END'
{"Action":"start","Package":"m/p"}
{"Action":"output","Package":"m/p","Test":"TestVM","Output":"    p_test.go:1: no VM\n"}
{"Action":"skip","Package":"m/p","Test":"TestVM"}
{"Action":"pass","Package":"m/p"}
END
`
	const hang = `cat <<'END'
{"Action":"start","Package":"m/p"}
END
: >hanging
sleep 1000
`
	for _, tt := range []struct {
		name, lines, ci string
		exit            int
		want            string
	}{
		{"a skip", skip, "", fault.ExitOK, "p TestVM: no VM"},
		{"a skip in CI", skip, "true", fault.ExitFailed, "1 Go tests were skipped that have to run where CI is set\n\nGo tests: 0 passed, 0 failed, 1 skipped\n"},
		{"an interrupt", hang, "", fault.ExitHarness, "interrupted in the Go tests; the results of the cases are complete"},
	} {
		os.RemoveAll(filepath.Join(l.dir, "out"))
		r := l.start(t, "test", "buildchain", append(l.standIn(t, tt.lines), "CI="+tt.ci))
		if tt.lines == hang {
			for !exists(filepath.Join(l.dir, "hanging")) {
				time.Sleep(5 * time.Millisecond)
			}
			if err := syscall.Kill(-r.cmd.Process.Pid, syscall.SIGINT); err != nil {
				t.Fatal(err)
			}
		}
		output, err := r.wait()
		if exit := r.cmd.ProcessState.ExitCode(); exit != tt.exit || !strings.Contains(output, tt.want) {
			t.Errorf("%s: %v\n%s\nwant exit status %d and %q", tt.name, err, output, tt.exit, tt.want)
		}
		seen := strings.Fields(l.report(t, "seen"))
		for _, name := range []string{"results.json", "report.html", "junit.xml", "results.ktap"} {
			if !strings.Contains(strings.Join(seen, " "), name) || l.report(t, "out/"+name) == "" {
				t.Errorf("%s: %s was not there when the Go tests began: %v", tt.name, name, seen)
			}
		}
		if !strings.Contains(l.report(t, "out/results.json"), `"verdict": "pass"`) {
			t.Errorf("%s: the results have no case that passed", tt.name)
		}
		if closing := " passed, 0 failed, 0 skipped"; tt.lines != hang && !strings.Contains(output, closing) {
			t.Errorf("%s: it does not close with %q\n%s", tt.name, closing, output)
		}
		t.Logf("%s:\n%s", tt.name, output)
	}
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return !errors.Is(err, os.ErrNotExist)
}
