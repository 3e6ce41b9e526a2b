// SPDX-License-Identifier: GPL-2.0-only

package lesson

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// tape is a bench that plays back prepared steps: what a script makes of a
// kernel's answers can be tested without a kernel.
type tape struct {
	steps  map[string]Step // by "insmod NAME", "rmmod NAME", "run CMD"
	loaded map[string]bool
	late   []string
	has    []string // conditions that hold
	err    error

	pictures [][]string // what is there at each look; the last one goes on to be
	looks    *int       // so many
}

func (b tape) Insert(_ context.Context, name string, params []string) (Step, error) {
	return b.steps[strings.Join(append([]string{"insmod", name}, params...), " ")], b.err
}
func (b tape) Remove(_ context.Context, name string) (Step, error) {
	return b.steps["rmmod "+name], b.err
}
func (b tape) Run(_ context.Context, argv []string) (Step, error) {
	return b.steps["run "+strings.Join(argv, " ")], b.err
}
func (b tape) Read(_ context.Context, path string) (Step, error) {
	return b.steps["read "+path], b.err
}
func (b tape) Write(_ context.Context, path string, data []byte) (Step, error) {
	return b.steps["write "+path+" "+string(data)], b.err
}
func (b tape) End(_ context.Context, argv []string) (Step, End, error) {
	return b.steps["ends "+strings.Join(argv, " ")], Reset, b.err
}
func (b tape) Loaded(_ context.Context, name string) (bool, error) { return b.loaded[name], b.err }
func (b tape) Look(context.Context) (Step, []string, error) {
	if len(b.pictures) == 0 {
		return Step{}, nil, b.err
	}
	n := min(*b.looks, len(b.pictures)-1)
	*b.looks++
	return Step{}, b.pictures[n], b.err
}
func (b tape) Settle(context.Context) (Step, error) { return Step{Log: b.late}, b.err }
func (b tape) Has(condition string) (bool, error) {
	return condition == "kernel:>=6.1" || slices.Contains(b.has, condition), nil
}

func play(t *testing.T, b tape, script string, update bool) (Outcome, string) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "lesson", "case.txtar")
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(script), 0o644); err != nil {
		t.Fatal(err)
	}
	c, err := ReadCase(path)
	if err != nil {
		t.Fatal(err)
	}
	out := c.Run(context.Background(), b, Options{Work: t.TempDir(), Update: update})
	after, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return out, string(after)
}

func TestRun(t *testing.T) {
	hello := tape{steps: map[string]Step{
		"insmod hello":     {Log: []string{"hello", "world"}},
		"insmod hello n=2": {Log: []string{"hello twice"}},
		"insmod orphan":    {Errno: syscall.ENOENT, Log: []string{"orphan: Unknown symbol x (err -2)"}},
		"run echo hi":      {Output: "hi\n"},
		"read /f":          {Output: "5\n"},
		"write /f 5 6":     {Log: []string{"five and six"}},
		"write /f -1":      {Errno: syscall.EINVAL, Log: []string{"out of range"}},
		"ends reboot":      {Log: []string{"bye"}},
	}, loaded: map[string]bool{"hello": true}}
	withLate := hello
	withLate.late = []string{"too late"}
	broken := hello
	broken.err = errors.New("the VM is gone")

	for name, tt := range map[string]struct {
		bench                               tape
		script                              string
		finished                            bool
		problem, diff, refused, unsupported string
	}{
		"the log matches":              {bench: hello, script: "# hi\ninsmod hello\ndmesg a\nrmmod hello\ndmesg\n-- a --\nhello\nworld\n", finished: true},
		"parameters reach the kernel":  {bench: hello, script: "insmod hello n=2\ndmesg a\n-- a --\nhello twice\n", finished: true},
		"a line differs":               {bench: hello, script: "insmod hello\ndmesg a\n-- a --\nhello\nworlds\n", problem: "differs", diff: "-worlds\n+world\n"},
		"a line is missing":            {bench: hello, script: "insmod hello\ndmesg a\n-- a --\nhello\n", problem: "differs", diff: "+world\n"},
		"the order differs":            {bench: hello, script: "insmod hello\ndmesg a\n-- a --\nworld\nhello\n", problem: "differs", diff: "-world"},
		"silence was expected":         {bench: hello, script: "insmod hello\ndmesg\n", problem: "differs", diff: "+hello\n"},
		"a log is not compared":        {bench: hello, script: "insmod hello\nrmmod hello\ndmesg\n", problem: "not compared"},
		"the last log is not compared": {bench: hello, script: "insmod hello\n", problem: "never compared"},
		"lines after the last step":    {bench: withLate, script: "rmmod hello\ndmesg\n", problem: "after the last step", diff: "+too late"},
		"any log will do":              {bench: hello, script: "insmod hello\ndmesg *\nrmmod hello\ndmesg\n", finished: true},
		"any log, and more later":      {bench: withLate, script: "insmod hello\ndmesg *\n", finished: true},
		"any log, but not at the end":  {bench: withLate, script: "insmod hello\ndmesg *\nrmmod hello\ndmesg\n", problem: "after the last step"},
		"a refusal was expected":       {bench: hello, script: "! insmod orphan\nstderr ENOENT\ndmesg a\n-- a --\norphan: Unknown symbol x (err -2)\n", finished: true},
		"another errno was expected":   {bench: hello, script: "! insmod orphan\nstderr EEXIST\ndmesg a\n-- a --\norphan: Unknown symbol x (err -2)\n", problem: "EEXIST"},
		"an unexpected refusal":        {bench: hello, script: "insmod orphan\ndmesg\n", refused: "ENOENT"},
		"an unexpected acceptance":     {bench: hello, script: "! insmod hello\ndmesg a\n-- a --\nhello\nworld\n", problem: "was accepted"},
		"a module is loaded":           {bench: hello, script: "lsmod hello\n! lsmod other\n", finished: true},
		"a module is not loaded":       {bench: hello, script: "lsmod other\n", problem: "loaded is false"},
		"a guest command":              {bench: hello, script: "run echo hi\nstdout hi\ndmesg\n", finished: true},
		"a file is read":               {bench: hello, script: "read /f\nstdout '^5$'\ndmesg\n", finished: true},
		"a file holds something else":  {bench: hello, script: "read /f\nstdout 6\ndmesg\n", problem: "no match"},
		"a file is written":            {bench: hello, script: "write /f '5 6'\ndmesg a\n-- a --\nfive and six\n", finished: true},
		"too many words are written":   {bench: hello, script: "write /f 5 6\ndmesg\n", problem: "usage: write PATH TEXT"},
		"a file refuses":               {bench: hello, script: "write /f -1\ndmesg\n", problem: "write /f was refused: EINVAL"},
		"a file should refuse":         {bench: hello, script: "! write /f '5 6'\ndmesg\n", problem: "was accepted"},
		"a file refuses as it should":  {bench: hello, script: "! write /f -1\nstderr EINVAL\ndmesg a\n-- a --\nout of range\n", finished: true},
		"the guest ends as asked":      {bench: withLate, script: "ends reset reboot\ndmesg a\n-- a --\nbye\n", finished: true},
		"its last lines differ":        {bench: hello, script: "ends reset reboot\ndmesg a\n-- a --\nbye\nbye\n", problem: "differs", diff: "-bye"},
		"its last lines are ignored":   {bench: hello, script: "ends reset reboot\n", problem: "never compared"},
		"the guest ends otherwise":     {bench: hello, script: "ends power-off reboot\ndmesg a\n-- a --\nbye\n", problem: "by a reset, not by a power-off", diff: "bye"},
		"a step after the end":         {bench: hello, script: "ends reset reboot\ndmesg a\nrmmod hello\ndmesg\n-- a --\nbye\n", problem: "has ended before \"rmmod hello\""},
		"a look after the end":         {bench: hello, script: "ends reset reboot\ndmesg a\nlsmod hello\n-- a --\nbye\n", problem: "has ended before lsmod"},
		"an end that nobody may want":  {bench: hello, script: "ends panic reboot\ndmesg\n", problem: "usage"},
		"a requirement holds":          {bench: hello, script: "requires kernel:>=6.1\n", finished: true},
		"a requirement does not hold":  {bench: hello, script: "requires config:KASAN\n", unsupported: "needs config:KASAN"},
		"a condition selects a step":   {bench: hello, script: "[!kernel:>=6.1] insmod orphan\n[kernel:>=6.1] insmod hello\ndmesg a\n-- a --\nhello\nworld\n", finished: true},
	} {
		t.Run(name, func(t *testing.T) {
			out, _ := play(t, tt.bench, tt.script, false)
			refused := ""
			if out.Refused != nil {
				refused = out.Refused.Errno
			}
			if out.Finished != tt.finished || !strings.Contains(out.Problem, tt.problem) || (tt.problem == "") != (out.Problem == "") ||
				!strings.Contains(out.Diff, tt.diff) || refused != tt.refused || out.Unsupported != tt.unsupported || out.Err != nil {
				t.Errorf("Run() = %+v; want finished %v, problem %q, diff %q, refused %q, unsupported %q", out, tt.finished, tt.problem, tt.diff, tt.refused, tt.unsupported)
			}
		})
	}
	t.Run("the bench is lost", func(t *testing.T) {
		out, _ := play(t, broken, "insmod hello\ndmesg\n", false)
		if out.Finished || !errors.Is(out.Err, broken.err) || out.Step != "insmod hello" {
			t.Errorf("Run() = %+v; want the bench's error at step %q", out, "insmod hello")
		}
	})
}

// What the script did is kept whole: what was expected beside what was printed,
// and the line at which it ended.
func TestSteps(t *testing.T) {
	b := tape{steps: map[string]Step{"insmod hello": {Log: []string{"hello", "world"}}, "insmod orphan": {Errno: syscall.ENOENT, Log: []string{"orphan: no"}}}}
	hello := Taken{Text: "insmod hello", Section: "a", Expected: "hello\nworld\n", Got: "hello\nworld\n", Compared: true}
	other := hello
	other.Expected = "hello\n"
	for name, tt := range map[string]struct {
		script string
		want   []Taken
		line   int
	}{
		"all is well":            {"insmod hello\ndmesg a\nrmmod hello\ndmesg\n-- a --\nhello\nworld\n", []Taken{hello, {Text: "rmmod hello", Compared: true}}, 0},
		"a log differs":          {"# hi\ninsmod hello\ndmesg a\nrmmod hello\ndmesg\n-- a --\nhello\n", []Taken{other}, 3},
		"a log is not compared":  {"insmod hello\nrmmod hello\n", []Taken{{Text: "insmod hello", Got: "hello\nworld\n"}}, 2},
		"a module is refused":    {"\ninsmod orphan\ndmesg\n", []Taken{{Text: "insmod orphan", Got: "orphan: no\n"}}, 2},
		"the script's last line": {"insmod hello\n", []Taken{{Text: "insmod hello", Got: "hello\nworld\n"}}, 0},
	} {
		t.Run(name, func(t *testing.T) {
			out, _ := play(t, b, tt.script, false)
			if diff := cmp.Diff(tt.want, out.Steps); diff != "" || out.Line != tt.line {
				t.Errorf("line %d; want %d; steps (-want +got)\n%s", out.Line, tt.line, diff)
			}
		})
	}
}

func TestUpdate(t *testing.T) {
	b := tape{steps: map[string]Step{"insmod hello": {Log: []string{"hello", "world"}}}}
	out, after := play(t, b, "# hi\ninsmod hello\ndmesg a\n-- a --\nold\n", true)
	if want := "# hi\ninsmod hello\ndmesg a\n-- a --\nhello\nworld\n"; !out.Updated || after != want {
		t.Errorf("after an update the script is %q, updated %v; want %q, true", after, out.Updated, want)
	}
}

// A lesson says what the kernel prints; only a script for a module that nobody
// knows may leave it open.
func TestLessonsLeaveNoLogOpen(t *testing.T) {
	lessons, err := Find("../../../kmod")
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range lessons {
		for _, c := range l.Cases {
			text, err := c.ReadScript()
			if err != nil || strings.Contains(text, "dmesg "+anything) {
				t.Errorf("%s: %v; want a script without dmesg %s", c.ID(), err, anything)
			}
		}
	}
}

func TestReadCaseRefusesHostCommands(t *testing.T) {
	path := filepath.Join(t.TempDir(), "case.txtar")
	if err := os.WriteFile(path, []byte("# fine\nexec rm -rf /\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	_, err := ReadCase(path)
	if err == nil || !strings.Contains(err.Error(), ":2") || !strings.Contains(err.Error(), `"exec"`) {
		t.Errorf("ReadCase() of a script with exec = %v; want an error that names line 2 and the command", err)
	}
}

func TestReadCaseOfWhatIsGone(t *testing.T) {
	for name, tt := range map[string]struct {
		script string
		want   []string
		err    string // part of the error; "" for none
	}{
		"explained":      {"# hi\n# gone in 6.2: no longer exported (commit 0123456789ab)\nrequires export:x\n", []string{"6.2"}, ""},
		"twice":          {"# gone in 6.2: a\n# gone in 7.1: b\n", []string{"6.2", "7.1"}, ""},
		"nothing gone":   {"# going, going\n", nil, ""},
		"without reason": {"# hi\n# gone in 6.2:\n", nil, ":2"},
		"without series": {"# gone: no longer exported\n", nil, ":1"},
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "case.txtar")
			if err := os.WriteFile(path, []byte(tt.script), 0o644); err != nil {
				t.Fatal(err)
			}
			got, err := ReadCase(path)
			if tt.err != "" {
				if err == nil || !strings.Contains(err.Error(), tt.err) {
					t.Errorf("ReadCase() = _, %v; want an error at %q", err, tt.err)
				}
				return
			}
			if err != nil || !slices.Equal(got.Gone, tt.want) {
				t.Errorf("ReadCase().Gone = %v, %v; want %v", got.Gone, err, tt.want)
			}
		})
	}
}
