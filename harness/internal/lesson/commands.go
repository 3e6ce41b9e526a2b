// SPDX-License-Identifier: GPL-2.0-only

package lesson

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"slices"
	"strings"

	"github.com/rogpeppe/go-internal/diff"
	"github.com/rogpeppe/go-internal/testscript"
	"golang.org/x/sys/unix"
)

// scriptWords are the commands a script may use. Those of the engine that
// would act on the host (exec, cp, mkdir ...) are not among them.
var scriptWords = map[string]bool{
	"insmod": true, "rmmod": true, "lsmod": true, "dmesg": true, "read": true, "write": true, "run": true, "ends": true, "requires": true,
	"remember": true, "nothing-left": true, "fail": true,
	"stdout": true, "stderr": true, "skip": true, "stop": true,
}

func wordList() string { return strings.Join(slices.Sorted(maps.Keys(scriptWords)), ", ") }

// anything stands for a section: any log will do.
const anything = "*"

// run is a script under way.
type run struct {
	ctx      context.Context
	bench    Guest
	options  Options
	pending  *Step             // the step whose log was not compared yet
	there    []string          // what was there when the script said remember; nil before that
	over     bool              // the guest has ended
	asItIs   bool              // the last step's log was taken as it is
	injected injected          // what is to fail in the next step
	updates  map[string]string // section to what it should hold
	out      Outcome
}

type command = func(ts *testscript.TestScript, neg bool, args []string)

func (r *run) commands() map[string]command {
	return map[string]command{
		"insmod": r.guarded("insmod NAME [param=value ...]", func(args []string) (Step, error) {
			return r.bench.Insert(r.ctx, args[0], args[1:])
		}),
		"rmmod": r.guarded("rmmod NAME", func(args []string) (Step, error) {
			return r.bench.Remove(r.ctx, args[0])
		}),
		"read": r.file("read PATH", 1, func(args []string) (Step, error) {
			return r.bench.Read(r.ctx, args[0])
		}),
		"write": r.file("write PATH TEXT", 2, func(args []string) (Step, error) {
			return r.bench.Write(r.ctx, args[0], []byte(args[1]))
		}),
		"run":      r.guest,
		"ends":     r.ends,
		"lsmod":    r.lsmod,
		"dmesg":    r.dmesg,
		"requires": r.requires,

		"remember":     r.remember,
		"nothing-left": r.nothingLeft,
		"fail":         r.inject,
	}
}

// begin opens a step: it refuses to go on while a log was not compared, for a
// line that nobody looks at is a line that nobody tests.
func (r *run) begin(ts *testscript.TestScript, neg bool, word string, args []string) {
	line := strings.Join(append([]string{word}, args...), " ")
	if neg {
		line = "! " + line
	}
	if r.pending != nil {
		r.fail(ts, fmt.Sprintf("the log of %q is not compared before %q", r.out.Step, line))
	}
	if r.over {
		r.fail(ts, fmt.Sprintf("the guest has ended before %q", line))
	}
	if r.injected.what != "" && (word == "run" || word == "ends") {
		r.fail(ts, fmt.Sprintf("fail %s: %q is done by another task; only insmod, rmmod, read and write can be made to fail", r.injected.what, line))
	}
	r.out.Step = line
	r.out.Steps = append(r.out.Steps, Taken{Text: line})
	r.options.Echo(line)
}

// printed keeps what the kernel said to the step under way, for dmesg and for
// whoever reads what happened.
func (r *run) printed(step Step) {
	r.pending = &step
	r.out.Steps[len(r.out.Steps)-1].Got = joinLog(step.Log)
}

// guarded makes the command of an insert or a remove, which a kernel may
// refuse.
func (r *run) guarded(usage string, act func(args []string) (Step, error)) command {
	word, _, _ := strings.Cut(usage, " ")
	return func(ts *testscript.TestScript, neg bool, args []string) {
		if len(args) == 0 {
			r.fail(ts, "usage: "+usage)
		}
		r.begin(ts, neg, word, args)
		step, err := act(args)
		r.printed(step) // even of a step that did not return
		r.check(ts, err)
		r.failed(ts)
		name := unix.ErrnoName(step.Errno)
		switch {
		case step.Errno == 0 && neg:
			r.fail(ts, fmt.Sprintf("%s %s was accepted, it should have been refused", word, args[0]))
		case step.Errno != 0 && !neg:
			r.out.Refused = &Refusal{Module: args[0], Errno: name}
			r.out.Diff = joinLog(step.Log)
			ts.Fatalf("%s %s was refused: %s (%v)", word, args[0], name, step.Errno)
		case step.Errno != 0:
			fmt.Fprintf(ts.Stderr(), "%s: %s: %s (%v)\n", word, args[0], name, step.Errno)
		}
	}
}

// guest runs a command of the guest: run NAME [arg ...].
func (r *run) guest(ts *testscript.TestScript, neg bool, args []string) {
	if len(args) == 0 {
		r.fail(ts, "usage: run NAME [arg ...]")
	}
	r.begin(ts, neg, "run", args)
	step, err := r.bench.Run(r.ctx, args)
	r.printed(step)
	r.check(ts, err)
	fmt.Fprint(ts.Stdout(), step.Output)
	if ok := step.Errno == 0; ok == neg {
		r.fail(ts, fmt.Sprintf("%s in the guest: %v", strings.Join(args, " "), step.Errno))
	}
}

// file makes the command that reads or writes a file of the guest. Files of the
// kernel refuse by an errno.
func (r *run) file(usage string, n int, act func(args []string) (Step, error)) command {
	word, _, _ := strings.Cut(usage, " ")
	return func(ts *testscript.TestScript, neg bool, args []string) {
		if len(args) != n {
			r.fail(ts, "usage: "+usage)
		}
		r.begin(ts, neg, word, args)
		step, err := act(args)
		r.printed(step)
		r.check(ts, err)
		r.failed(ts)
		fmt.Fprint(ts.Stdout(), step.Output)
		if step.Errno == 0 && neg {
			r.fail(ts, fmt.Sprintf("%s %s was accepted, it should have been refused", word, args[0]))
		}
		if step.Errno == 0 {
			return
		}
		refusal := fmt.Sprintf("%s %s was refused: %s (%v)", word, args[0], unix.ErrnoName(step.Errno), step.Errno)
		if !neg {
			r.fail(ts, refusal)
		}
		fmt.Fprintln(ts.Stderr(), refusal)
	}
}

// ends runs a command of the guest and expects that the guest ends with it: ends
// reset|power-off NAME [arg ...]. The log that the next dmesg compares goes to
// the end.
func (r *run) ends(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 || args[0] != string(Reset) && args[0] != string(PowerOff) {
		r.fail(ts, "usage: ends reset|power-off NAME [arg ...]")
	}
	r.begin(ts, neg, "ends", args)
	step, end, err := r.bench.End(r.ctx, args[1:])
	r.check(ts, err)
	r.pending, r.over, r.out.Ended = &step, true, end
	if string(end) != args[0] {
		r.out.Diff = joinLog(step.Log)
		r.fail(ts, fmt.Sprintf("%s ended the guest by a %s, not by a %s", args[1], end, args[0]))
	}
}

// lsmod asserts that a module is loaded: lsmod NAME.
func (r *run) lsmod(ts *testscript.TestScript, neg bool, args []string) {
	if len(args) != 1 {
		r.fail(ts, "usage: lsmod NAME")
	}
	if r.over {
		r.fail(ts, "the guest has ended before lsmod "+args[0])
	}
	loaded, err := r.bench.Loaded(r.ctx, args[0])
	r.check(ts, err)
	if loaded == neg {
		r.fail(ts, fmt.Sprintf("module %s: loaded is %t", args[0], loaded))
	}
}

// dmesg compares the log of the step before with a section, whole: dmesg
// [SECTION]; without a section the log must be empty. What is chance in a line of
// the section is a [hole]. "dmesg *" takes it as it is: for a module that nobody has
// written an expectation for yet.
func (r *run) dmesg(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) > 1 {
		r.fail(ts, "usage: dmesg [SECTION | *]")
	}
	if r.pending == nil {
		r.fail(ts, "dmesg without a step before it")
	}
	got := joinLog(r.pending.Log)
	r.pending = nil
	if r.asItIs = len(args) == 1 && args[0] == anything; r.asItIs {
		return
	}
	want := ""
	if len(args) == 1 {
		if r.options.Update {
			r.update(ts, args[0], got)
			return
		}
		var err error
		want, err = filled(ts.ReadFile(args[0]), got)
		r.check(ts, err)
	}
	taken := &r.out.Steps[len(r.out.Steps)-1]
	taken.Expected, taken.Compared = want, true
	if len(args) == 1 {
		taken.Section = args[0]
	}
	if got != want {
		r.out.Problem = "the kernel log differs from the transcript"
		r.out.Diff = diffLogs(want, got)
		ts.Fatalf("%s", r.out.Problem)
	}
}

// update takes down what a section should hold, which may not be there yet.
func (r *run) update(ts *testscript.TestScript, section, got string) {
	before, err := os.ReadFile(ts.MkAbs(section))
	if !errors.Is(err, fs.ErrNotExist) {
		r.check(ts, err)
	}
	r.updates[section], err = holed(string(before), got)
	r.check(ts, err)
}

// requires ends the script as unsupported where a condition does not hold.
func (r *run) requires(ts *testscript.TestScript, _ bool, args []string) {
	for _, condition := range args {
		ok, err := r.bench.Has(condition)
		r.check(ts, err)
		if !ok {
			r.out.Unsupported = "needs " + condition
			ts.Fatalf("unsupported: needs %s", condition)
		}
	}
}

func (r *run) check(ts *testscript.TestScript, err error) {
	if err != nil {
		r.out.Err = err
		ts.Fatalf("%v", err)
	}
}

func (r *run) fail(ts *testscript.TestScript, problem string) {
	r.out.Problem = problem
	ts.Fatalf("%s", problem)
}

func joinLog(lines []string) string {
	if len(lines) == 0 {
		return ""
	}
	return strings.Join(lines, "\n") + "\n"
}

func diffLogs(want, got string) string {
	return string(diff.Diff("expected", []byte(want), "printed", []byte(got)))
}

func sprint(args []any) string { return strings.TrimRight(fmt.Sprint(args...), "\n") + "\n" }
