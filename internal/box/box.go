// SPDX-License-Identifier: GPL-2.0-only

// Package box runs a command that nobody needs to trust: the make of sources
// that somebody else wrote.
//
// In the box it sees the programs of the machine and the folders that it is
// given, read-only, and writes to none but its own. It has an empty home, a
// /tmp, a network and processes of its own, no capability, and nothing of the
// user's environment. Everything that it started ends with it. What it is, bubblewrap (bwrap) knows to make; where that does not
// work, the environment is sealed still, no module can be inserted, and a note
// says what is not contained.
package box

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"kmodlab/internal/fault"
	"kmodlab/internal/step"
)

// Command is what runs in a box.
type Command struct {
	Dir   string   // where it runs
	Argv  []string // program, looked up in the PATH of Env, and arguments
	Env   []string // "NAME=value", on top of [Path] and what keeps messages readable; of several with one name the last one counts
	Read  []string // folders and files that it may read, besides the machine's programs
	Write []string // folders that it may write

	Heard io.Writer // is written what it prints, when it prints it; nil for nobody
}

// Run runs the command and returns everything that it printed. An error is an
// *[exec.ExitError], the cause of ctx, [exec.ErrNotFound] when there is no such
// program, or a [fault.Error]: of the build, when it does not end; of the host.
func (c Command) Run(ctx context.Context) (string, error) {
	l, err := limitsOf(os.Getenv(EnvLimit))
	if err != nil {
		return "", err
	}
	w, why := ours()
	if why != nil {
		told.Do(func() {
			step.Note(ctx, "builds are not contained here: they can read and write what you can, reach the network, and leave processes behind; "+
				"only their environment is sealed, and they insert no modules. %v", why)
		})
	}
	return c.run(ctx, w, l)
}

// Walls returns why commands are not contained on this machine, nil if they
// are.
func Walls() error {
	_, err := ours()
	return err
}

// What the first box of a process has found out holds for all of them: it is
// about the machine.
var (
	ours = sync.OnceValues(func() (*wall, error) { return build("bwrap") })
	told sync.Once
)

// run runs the command within w, or without walls when that is nil.
func (c Command) run(ctx context.Context, w *wall, l limits) (string, error) {
	if ctx.Err() != nil {
		return "", context.Cause(ctx)
	}
	env := append(environment(w != nil), c.Env...)
	// Of a box's own failure, that there is no such program could not be told.
	program, err := find(c.Argv[0], Last(env, "PATH"))
	if err != nil {
		return "", err
	}
	var p *process
	if w != nil {
		p, err = w.start(c, env, l)
	} else {
		p, err = startFree(c, program, env)
	}
	if err != nil {
		return "", err
	}
	err = p.wait(ctx, newWatch(l, c, p))
	output := p.output.String()
	if err == nil && w != nil && !p.ended {
		last := strings.TrimSpace(output)
		return output, &fault.Error{Owner: fault.Host, What: "the box for builds could not be made", Where: strings.Join(c.Argv, " "), Err: errors.Join(p.err, errors.New(last)),
			Hint: "try bubblewrap by hand: bwrap --ro-bind / / --unshare-all true"}
	}
	if err != nil {
		return output, err
	}
	return output, p.err
}

// find returns the path of the program that is called name.
func find(name, path string) (string, error) {
	if strings.Contains(name, "/") {
		return exec.LookPath(name)
	}
	for _, dir := range filepath.SplitList(path) {
		if found, err := exec.LookPath(filepath.Join(dir, name)); err == nil {
			return found, nil
		}
	}
	return "", &exec.Error{Name: name, Err: exec.ErrNotFound}
}

// output is what a command prints, on both streams.
type output struct {
	mu   sync.Mutex
	text bytes.Buffer

	heard io.Writer // may be nil
}

// Write takes in what the command prints.
func (o *output) Write(text []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.heard != nil {
		o.heard.Write(text) // what becomes of it there does not concern the command
	}
	return o.text.Write(text)
}

// String returns all that was printed.
func (o *output) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.text.String()
}

// Len returns how much was printed.
func (o *output) Len() int64 {
	o.mu.Lock()
	defer o.mu.Unlock()
	return int64(o.text.Len())
}

// Last returns the value of name in an environment: of several the last one
// holds.
func Last(env []string, name string) string {
	for _, entry := range slices.Backward(env) {
		if value, ok := strings.CutPrefix(entry, name+"="); ok {
			return value
		}
	}
	return ""
}
