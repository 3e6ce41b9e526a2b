// SPDX-License-Identifier: GPL-2.0-only

package cycle

import (
	"context"
	"fmt"
	"io/fs"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/google/go-cmp/cmp"

	"kmodlab/harness/internal/lesson"
)

// dummy is a guest that loses leak objects at each insert and prints what say
// tells for it.
type dummy struct {
	leak    int
	late    int // objects that are freed at the second look
	most    int // how many cycles leak; all for 0
	say     func(insert int) string
	refuse  string // a module that is refused
	steps   []string
	inserts int
	looks   int
}

func (g *dummy) Insert(_ context.Context, name string, params []string) (lesson.Step, error) {
	g.inserts++
	g.steps = append(g.steps, "+"+strings.Join(append([]string{name}, params...), " "))
	if name == g.refuse {
		return lesson.Step{Errno: syscall.EEXIST}, nil
	}
	return lesson.Step{Log: []string{g.say(g.inserts)}}, nil
}
func (g *dummy) Remove(_ context.Context, name string) (lesson.Step, error) {
	g.steps = append(g.steps, "-"+name)
	return lesson.Step{}, nil
}
func (g *dummy) Run(context.Context, []string) (lesson.Step, error) { return lesson.Step{}, nil }
func (g *dummy) Read(context.Context, string) (lesson.Step, error)  { return lesson.Step{}, nil }
func (g *dummy) Write(context.Context, string, []byte) (lesson.Step, error) {
	return lesson.Step{}, nil
}
func (g *dummy) End(context.Context, []string) (lesson.Step, lesson.End, error) {
	return lesson.Step{}, "", fmt.Errorf("not asked for")
}
func (g *dummy) Loaded(context.Context, string) (bool, error) { return false, nil }
func (g *dummy) Look(context.Context) (lesson.Step, []string, error) {
	return lesson.Step{}, nil, nil
}
func (g *dummy) Settle(context.Context) (lesson.Step, error)     { return lesson.Step{}, nil }
func (g *dummy) Has(condition string) (bool, error)              { return condition == "kernel:>=6.1", nil }
func (g *dummy) WriteFile(context.Context, string, []byte) error { return fs.ErrNotExist }
func (g *dummy) ReadFile(_ context.Context, path string) ([]byte, error) {
	if path != "/proc/slabinfo" {
		return nil, nil
	}
	g.looks++
	objects := g.leak * g.inserts
	if g.most > 0 {
		objects = g.leak * min(g.inserts, g.most)
	}
	if g.inserts > Warmup && g.looks <= 4 { // two a count; the second count is the first after the cycles
		objects += g.late
	}
	return fmt.Appendf(nil, "kmalloc-128 %d 1 1", objects), nil
}

func same(int) string { return "hello" }

func TestPlay(t *testing.T) {
	one := lesson.Case{Loads: []lesson.Load{{Module: "m"}, {Module: "m", Remove: true}}}
	two := lesson.Case{Loads: []lesson.Load{{Module: "m"}, {Module: "n"}}}
	other := lesson.Case{Loads: []lesson.Load{{Module: "m", Conditions: []string{"!kernel:>=6.1"}}}}
	for name, tt := range map[string]struct {
		c                                   lesson.Case
		guest                               dummy
		finished                            bool
		problem, diff, refused, unsupported string
	}{
		"nothing stays":             {c: one, guest: dummy{say: same}, finished: true},
		"an object stays each time": {c: one, guest: dummy{say: same, leak: 1}, problem: "kmalloc-128 has 40 objects more after 40 cycles"},
		"objects are freed late":    {c: one, guest: dummy{say: same, late: 100}, finished: true},
		"it grows to a limit":       {c: one, guest: dummy{say: same, leak: 1, most: Warmup + 1.5*MinRounds}, finished: true},
		"it grows beyond":           {c: one, guest: dummy{say: same, leak: 1, most: Warmup + 3*MinRounds}, problem: "kmalloc-128 has 40 objects more after 40 cycles"},
		"a line counts on": {c: one, guest: dummy{say: func(n int) string { return fmt.Sprint("blocks: ", n) }},
			problem: "cycle 2 prints something else", diff: "-blocks: 1\n+blocks: 2\n"},
		"a line differs late": {c: one, guest: dummy{say: func(n int) string { return fmt.Sprint(n > 50) }},
			problem: "cycle 51 prints something else", diff: "+true"},
		"a module is refused":  {c: two, guest: dummy{say: same, refuse: "n"}, refused: "n"},
		"nothing to load here": {c: other, guest: dummy{say: same}, unsupported: "inserts nothing"},
	} {
		t.Run(name, func(t *testing.T) {
			got := Cycles{Rounds: Warmup + MinRounds}.Play(t.Context(), tt.c, &tt.guest, lesson.Options{Echo: func(string) {}})
			refused := ""
			if got.Refused != nil {
				refused = got.Refused.Module
			}
			if got.Finished != tt.finished || !strings.Contains(got.Problem, tt.problem) || (tt.problem == "") != (got.Problem == "") ||
				!strings.Contains(got.Diff, tt.diff) || refused != tt.refused || !strings.Contains(got.Unsupported, tt.unsupported) || got.Err != nil {
				t.Errorf("Play() = %+v; want finished %v, problem %q, diff %q, refused %q, unsupported %q", got, tt.finished, tt.problem, tt.diff, tt.refused, tt.unsupported)
			}
		})
	}
}

// A cycle is the script's loads on this kernel, to where nothing is loaded any
// more, and what it leaves loaded is removed in reverse.
func TestCycleOfAScript(t *testing.T) {
	for name, tt := range map[string]struct {
		loads []lesson.Load
		want  []string
	}{
		"in and out":         {[]lesson.Load{{Module: "m", Params: []string{"n=1"}}, {Module: "m", Remove: true}}, []string{"+m n=1", "-m"}},
		"one lap of two":     {[]lesson.Load{{Module: "m"}, {Module: "m", Remove: true}, {Module: "m"}, {Module: "m", Remove: true}}, []string{"+m", "-m"}},
		"left loaded":        {[]lesson.Load{{Module: "m"}, {Module: "n"}}, []string{"+m", "+n", "-n", "-m"}},
		"not on this kernel": {[]lesson.Load{{Module: "old", Conditions: []string{"!kernel:>=6.1"}}, {Module: "new", Conditions: []string{"kernel:>=6.1"}}}, []string{"+new", "-new"}},
	} {
		t.Run(name, func(t *testing.T) {
			g := &dummy{say: same}
			const rounds = Warmup + MinRounds
			Cycles{Rounds: rounds}.Play(t.Context(), lesson.Case{Loads: tt.loads}, g, lesson.Options{Echo: func(string) {}})
			if len(g.steps) != rounds*len(tt.want) {
				t.Fatalf("%d cycles of %d steps take %d steps", rounds, len(tt.want), len(g.steps))
			}
			if diff := cmp.Diff(tt.want, g.steps[:len(tt.want)]); diff != "" {
				t.Errorf("a cycle differs (-want +got):\n%s", diff)
			}
		})
	}
}

// Each of the project's lessons has something to load.
func TestLessons(t *testing.T) {
	lessons, err := lesson.Find(filepath.Join("..", "..", "..", "kmod"))
	if err != nil {
		t.Fatal(err)
	}
	cycled := Lessons(lessons)
	if len(cycled) != len(lessons) {
		t.Errorf("%d of %d lessons have something to load", len(cycled), len(lessons))
	}
	for _, l := range cycled {
		if len(l.Cases) != 1 || len(l.Cases[0].Loads) == 0 {
			t.Errorf("lesson %s is cycled by %d cases; want one that loads a module", l.Name, len(l.Cases))
		}
	}
}
