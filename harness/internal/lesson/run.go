// SPDX-License-Identifier: GPL-2.0-only

package lesson

import (
	"context"
	"errors"
	"os"
	"regexp"
	"strconv"
	"strings"

	"github.com/rogpeppe/go-internal/testscript"
	"github.com/rogpeppe/go-internal/txtar"
)

// Outcome is how a script ended. Exactly one of the reasons is set when it did
// not finish.
type Outcome struct {
	Finished    bool     // the script ran to its end and every log was as expected
	Step        string   // the step it ended at, as the script writes it
	Problem     string   // what was not as expected, one sentence
	Diff        string   // unified diff of expected and printed log
	Refused     *Refusal // an insert or remove that the kernel refused against expectation
	Unsupported string   // what this kernel lacks for the case
	Ended       End      // how the guest ended where the script asked for it; "" where it did not
	Err         error    // the bench was lost or unable
	Narration   string   // the script engine's own log of the run
	Line        int      // the script's line that ended it; 0 when it finished
	Steps       []Taken  // the steps that were taken, in their order
	Updated     bool     // expected logs were rewritten
}

// Taken is a step that the script took, and what the kernel said to it.
type Taken struct {
	Text     string // as the script writes it: "insmod notify"
	Section  string // the section that holds the expected log; "" when nothing may be printed
	Expected string // the log that the script expects
	Got      string // the log that the kernel printed
	Compared bool   // the script came as far as to compare them
}

// Refusal is a kernel's refusal of a module.
type Refusal struct {
	Module string // the module's name
	Errno  string // "ENOENT"
}

// Options are the choices of a run.
type Options struct {
	Work   string            // an empty folder for the script's sections
	Update bool              // rewrite expected logs instead of comparing them
	Echo   func(step string) // called with each step before it is taken; may be nil
}

// Run runs the case's script on b.
func (c Case) Run(ctx context.Context, b Guest, o Options) Outcome {
	r := &run{ctx: ctx, bench: b, options: o, updates: map[string]string{}}
	if r.options.Echo == nil {
		r.options.Echo = func(string) {}
	}
	t := &engine{}
	t.catch(func() {
		testscript.RunT(t, testscript.Params{
			Files:              []string{c.Script},
			WorkdirRoot:        o.Work,
			Cmds:               r.commands(),
			Condition:          b.Has,
			RequireUniqueNames: true,
		})
	})
	r.out.Narration = t.log.String()
	if t.skipped != "" {
		r.out.Unsupported = t.skipped
	}
	if !t.failed && t.skipped == "" {
		r.finish()
	} else if r.out.empty() {
		r.out.Problem = lastFailure(r.out.Narration)
	}
	r.out.Line = failureLine(r.out.Narration)
	if o.Update && r.out.Finished && len(r.updates) > 0 {
		r.out.Updated = true
		if err := rewrite(c.Script, r.updates); err != nil {
			r.out.Finished, r.out.Err = false, err
		}
	}
	return r.out
}

// finish checks what no step can check: that the last step's log was compared,
// and that the kernel printed nothing after it.
func (r *run) finish() {
	r.out.Step = "the end of the script"
	if r.pending != nil {
		r.out.Problem = "the last step's log is never compared; end the script with dmesg"
		return
	}
	if r.injected.what != "" {
		r.out.Problem = "fail " + r.injected.what + ": no step comes after it"
		return
	}
	if r.over { // its log went to the end
		r.out.Finished = true
		return
	}
	late, err := r.bench.Settle(r.ctx)
	if err != nil {
		r.out.Err = err
		return
	}
	if len(late.Log) > 0 && !r.asItIs {
		r.out.Problem = "the kernel printed more after the last step"
		r.out.Diff = diffLogs("", joinLog(late.Log))
		return
	}
	r.out.Finished = true
}

func (o *Outcome) empty() bool {
	return o.Problem == "" && o.Refused == nil && o.Unsupported == "" && o.Err == nil
}

// lastFailure returns the engine's own account of why it gave up.
func lastFailure(narration string) string {
	if i := strings.LastIndex(narration, "FAIL: "); i >= 0 {
		account := narration[i:]
		place := failure.FindString(account) // which is told apart
		return strings.TrimSpace(account[max(len(place), len("FAIL: ")):])
	}
	return "the script ended without saying why"
}

// failureLine returns the line that the engine gave up at, from its own
// account: "FAIL: PATH:12: what is wrong". It is 0 for a script that went to
// its end.
func failureLine(narration string) int {
	all := failure.FindAllStringSubmatch(narration, -1)
	if len(all) == 0 {
		return 0
	}
	n, err := strconv.Atoi(all[len(all)-1][1])
	if err != nil {
		return 0 // more digits than a script has lines
	}
	return n
}

var failure = regexp.MustCompile(`(?m)^FAIL: .*?:(\d+): `)

// rewrite puts the sections of updates into the script at path.
func rewrite(path string, updates map[string]string) error {
	archive, err := txtar.ParseFile(path)
	if err != nil {
		return err
	}
	for i := range archive.Files {
		if text, ok := updates[archive.Files[i].Name]; ok {
			archive.Files[i].Data = []byte(text)
			delete(updates, archive.Files[i].Name)
		}
	}
	for name, text := range updates {
		archive.Files = append(archive.Files, txtar.File{Name: name, Data: []byte(text)})
	}
	return os.WriteFile(path, txtar.Format(archive), 0o644)
}

// engine is the part of testing.T that testscript needs, outside of a test.
type engine struct {
	log     strings.Builder
	failed  bool
	skipped string
}

var errStop = errors.New("stop the script")

func (e *engine) catch(f func()) {
	defer func() {
		if p := recover(); p != nil && p != errStop {
			panic(p)
		}
	}()
	f()
}

func (e *engine) Run(_ string, f func(testscript.T)) { e.catch(func() { f(e) }) }
func (e *engine) Parallel()                          {}
func (e *engine) Verbose() bool                      { return false }
func (e *engine) Log(args ...any)                    { e.log.WriteString(sprint(args)) }
func (e *engine) FailNow()                           { e.failed = true; panic(errStop) }
func (e *engine) Fatal(args ...any)                  { e.Log(append([]any{"FAIL: "}, args...)...); e.FailNow() }
func (e *engine) Skip(args ...any) {
	e.skipped = "the script skips it: " + sprint(args)
	panic(errStop)
}
