// SPDX-License-Identifier: GPL-2.0-only

package suite

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"os/exec"
	"strings"
	"syscall"
	"time"

	"kmodlab/internal/fault"
	"kmodlab/internal/step"
)

// Long names the variable that has the long ones of the Go tests run, when it
// is 1. Tests ask for it by [kmodlab/vmimages/vmimagestest.Long].
const Long = "KMODLAB_TEST_LONG"

// Run runs the Go tests of the module in dir, with the flags of go test and the
// variables of env besides those of this process, and returns what became of
// them. A test that fails is no error; the error says that there are no results
// to rely on. What there is comes with it.
func Run(ctx context.Context, dir string, env []string, flags ...string) (*Result, error) {
	s := step.Start(ctx, "go test ./...")
	args := append(append([]string{"test", "-json"}, flags...), "./...")
	cmd := exec.CommandContext(ctx, "go", args...)
	cmd.Dir = dir
	cmd.Env = append(cmd.Environ(), env...)
	// Whoever interrupts ends the tests, too, not only the go command.
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGINT) }
	cmd.WaitDelay = 3 * time.Second // mage itself waits for 5
	var said bytes.Buffer
	cmd.Stderr = &said
	events, err := cmd.StdoutPipe()
	if err == nil {
		err = cmd.Start()
	}
	if err != nil {
		return &Result{}, s.End(&fault.Error{Owner: fault.Host, What: "cannot run the Go tests", Err: err})
	}
	result, wrong := read(ctx, events)
	ended := cmd.Wait()
	if ctx.Err() != nil {
		return result, s.End(context.Cause(ctx))
	}
	switch failed := len(result.Broken()) > 0; {
	case ended != nil && !failed, wrong != nil:
		err = &fault.Error{Owner: fault.Harness, What: "the Go tests have no result", Where: "go " + strings.Join(args, " "),
			Err: errors.Join(ended, wrong), Hint: "what go says: " + cmp.Or(strings.TrimSpace(said.String()), "nothing")}
	case failed:
		s.End(errTests)
		return result, nil
	}
	return result, s.End(err)
}

// errTests is how a step ends whose tests fail.
var errTests = errors.New("tests fail")
