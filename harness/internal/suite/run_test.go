// SPDX-License-Identifier: GPL-2.0-only

package suite

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"kmodlab/internal/fault"
)

func write(t *testing.T, dir, name, text string) {
	t.Helper()
	path := filepath.Join(dir, name)
	if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o755), os.WriteFile(path, []byte(text), 0o644)); err != nil {
		t.Fatal(err)
	}
}

// module returns a folder with a module of the files.
func module(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	write(t, dir, "go.mod", "module m\n\ngo 1.26\n")
	for name, text := range files {
		write(t, dir, name, text)
	}
	t.Setenv("GOFLAGS", "")
	t.Setenv("GOWORK", "off")
	return dir
}

// The real go command runs a test that passes, one that fails, one that is
// skipped, and meets a package that does not compile.
func TestRun(t *testing.T) {
	dir := module(t, map[string]string{
		"p/p_test.go": `package p

import "testing"

func TestGood(t *testing.T) {}
func TestBad(t *testing.T)  { t.Run("sub", func(t *testing.T) { t.Error("as ordered") }) }
func TestNot(t *testing.T)  { t.Log("a word"); t.Skip("no disk") }
`,
		"q/q_test.go": "package q\n\nimport \"testing\"\n\nfunc TestQ(t *testing.T) { undefined() }\n",
		"r/r_test.go": "package r\n\nimport (\n\t\"os\"\n\t\"testing\"\n)\n\nfunc TestMain(m *testing.M) { os.Exit(7) }\n",
	})
	r, err := Run(t.Context(), dir, nil, "-count=1")
	if err != nil {
		t.Fatalf("Run = %v; want no error: failures are results", err)
	}
	want := told{Passed: []string{"p TestGood"}, Failed: []string{"p TestBad", "p TestBad/sub"}, Skipped: []string{"p TestNot"}, Broken: []string{"p", "q", "r"}}
	if d := cmp.Diff(want, tell(r)); d != "" {
		t.Errorf("the result (-want +got):\n%s", d)
	}
	for i, want := range []string{"as ordered", "undefined: undefined", "exit status 7"} {
		if got := r.Broken()[i].Text(); !strings.Contains(got, want) || strings.Contains(got, "=== RUN") {
			t.Errorf("package %s says %q; want %q in it", r.Broken()[i].Name, got, want)
		}
	}
	if reason := r.Skipped()[0].Reason(); reason != "no disk" {
		t.Errorf("TestNot was skipped because %q; want its message", reason)
	}
}

// Where go test cannot even begin, there is no result, and no green one.
func TestRunWithoutAModule(t *testing.T) {
	dir := module(t, nil)
	write(t, dir, "go.mod", "what is this\n")
	if _, err := Run(t.Context(), dir, nil); fault.Of(err) != fault.Harness || !strings.Contains(err.Error(), "go.mod") {
		t.Errorf("Run = %v; want a fault of the harness with what go says", err)
	}
}

// An interrupt ends the tests, not only the go command, and what had ended is
// told.
func TestRunInterrupted(t *testing.T) {
	dir := module(t, map[string]string{"p/p_test.go": `package p

import (
	"fmt"
	"os"
	"testing"
	"time"
)

func TestGood(t *testing.T) {}

func TestLong(t *testing.T) {
	os.WriteFile("pid.new", fmt.Append(nil, os.Getpid()), 0o600)
	os.Rename("pid.new", "pid")
	time.Sleep(time.Hour)
}
`})
	ctx, cancel := context.WithCancelCause(t.Context())
	why := errors.New("enough")
	var pid int
	go func() {
		for pid == 0 {
			text, _ := os.ReadFile(filepath.Join(dir, "p/pid"))
			fmt.Sscan(string(text), &pid)
			time.Sleep(time.Millisecond)
		}
		cancel(why)
	}()
	r, err := Run(ctx, dir, nil, "-count=1")
	if got := tell(r); !errors.Is(err, why) || len(got.Passed) != 1 || len(got.Broken) != 1 {
		t.Errorf("Run = %v, %v; want what ended it, the test before, and a package without an end", err, got)
	}
	t.Logf("waiting for the end of the tests' process %d", pid)
	for !gone(pid) {
		time.Sleep(time.Millisecond)
	}
}

// gone tells whether a process has ended, though nobody may have asked for its
// status yet.
func gone(pid int) bool {
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	return err != nil || strings.Contains(string(stat), ") Z ")
}
