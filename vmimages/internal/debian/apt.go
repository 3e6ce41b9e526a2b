// SPDX-License-Identifier: GPL-2.0-only

package debian

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"syscall"
	"time"

	"kmodlab/internal/fault"
)

// aptError is a failed run of an apt program.
type aptError struct {
	command string
	output  string // what it said on both streams
	err     error
}

// Error returns the lines in which apt says what went wrong.
func (e *aptError) Error() string {
	var said []string
	for line := range strings.Lines(e.output) {
		line = strings.TrimSpace(line)
		if text, ok := strings.CutPrefix(line, "E: "); ok {
			said = append(said, text)
		} else if text, ok := strings.CutPrefix(line, "W: "); ok {
			said = append(said, text)
		}
	}
	if len(said) == 0 {
		return fmt.Sprintf("%s: %v: %s", e.command, e.err, strings.TrimSpace(e.output))
	}
	return e.command + ": " + strings.Join(said, "; ")
}

// Unwrap returns the error of running the program.
func (e *aptError) Unwrap() error { return e.err }

// aptOutput runs a program of the machine's own apt and returns what it prints.
func aptOutput(ctx context.Context, name string, args ...string) (string, error) {
	var stdout bytes.Buffer
	err := runApt(ctx, aptRun{argv: append([]string{name}, args...), stdout: &stdout})
	return stdout.String(), err
}

// aptRun is one run of an apt program.
type aptRun struct {
	argv   []string
	config string    // APT_CONFIG; empty for the machine's own configuration
	dir    string    // working folder
	stdout io.Writer // nil: kept for the error message

	percent func(float64) // hears of the progress of downloads; may be nil
}

// runApt runs apt. The error is a [fault.Error] of the host when there is no
// such program, the context's cause when it was cancelled, else an [aptError].
func runApt(ctx context.Context, r aptRun) error {
	var output bytes.Buffer
	cmd := exec.CommandContext(ctx, r.argv[0], r.argv[1:]...)
	cmd.Dir, cmd.Stderr, cmd.Stdout = r.dir, &output, r.stdout
	if r.stdout == nil {
		cmd.Stdout = &output
	}
	cmd.Env = append(os.Environ(), "LC_ALL=C")
	if r.config != "" {
		cmd.Env = append(cmd.Env, "APT_CONFIG="+r.config)
	}
	if r.percent != nil {
		finished, err := reportProgress(cmd, r.percent)
		if err != nil {
			return err
		}
		defer finished()
	}
	// Apt's download methods are children of its own; they end with the group.
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGTERM) }
	cmd.WaitDelay = 5 * time.Second
	err := cmd.Run()
	switch {
	case err == nil:
		return nil
	case ctx.Err() != nil:
		return context.Cause(ctx)
	case errors.Is(err, exec.ErrNotFound):
		return &fault.Error{Owner: fault.Host, What: "apt is missing", Err: err, Hint: "the kernels come from the Debian archive through apt; use Debian or a Debian container"}
	}
	return &aptError{command: r.argv[0] + " " + subcommand(r.argv[1:]), output: output.String(), err: err}
}

// subcommand returns the first argument that is neither an option nor the
// value of one.
func subcommand(args []string) string {
	for i := 0; i < len(args); i++ {
		if args[i] == "-o" {
			i++
		} else if !strings.HasPrefix(args[i], "-") {
			return args[i]
		}
	}
	return ""
}

// reportProgress has apt, run as cmd, write its progress to a pipe and percent
// called for what it writes. The caller calls finished after the run.
func reportProgress(cmd *exec.Cmd, percent func(float64)) (finished func(), err error) {
	read, write, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	cmd.ExtraFiles = []*os.File{write} // descriptor 3
	cmd.Args = append(cmd.Args, "-o", "APT::Status-Fd=3")
	done := make(chan struct{})
	go func() {
		defer close(done)
		defer read.Close()
		followProgress(read, percent)
	}()
	return func() {
		write.Close()
		<-done
	}, nil
}

// followProgress reads what apt writes to its status descriptor, lines such as
// "dlstatus:1:20.5:Retrieving file 1 of 4" (README.progress-reporting of apt),
// and calls percent for each.
func followProgress(r io.Reader, percent func(float64)) {
	for sc := bufio.NewScanner(r); sc.Scan(); {
		parts := strings.SplitN(sc.Text(), ":", 4)
		if len(parts) < 3 || parts[0] != "dlstatus" {
			continue
		}
		if n, err := strconv.ParseFloat(parts[2], 64); err == nil && n >= 0 && n <= 100 {
			percent(n)
		}
	}
}
