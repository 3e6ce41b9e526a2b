// SPDX-License-Identifier: GPL-2.0-only

package vm

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"
)

// The registers are those that QEMU's monitor printed for real machines.
func TestWhereabouts(t *testing.T) {
	for name, want := range map[string][]string{
		"amd64-module":  {"ffffffffc0207"},
		"amd64-halted":  {"halted"},
		"amd64-user":    nil,
		"amd64-two":     {"ffffffff8115e", "halted"},
		"arm64-kernel":  {"ffff800080012"},
		"arm64-user":    nil,
		"amd64-garbled": nil,
	} {
		t.Run(name, func(t *testing.T) {
			text, err := os.ReadFile(filepath.Join("testdata", "registers", name+".txt"))
			if err != nil {
				t.Fatal(err)
			}
			if got := whereabouts(string(text)); !slices.Equal(got, want) {
				t.Errorf("whereabouts(%s) = %q; want %q", name, got, want)
			}
		})
	}
}

func TestGoRound(t *testing.T) {
	at := func(places ...string) []look {
		var all []look
		for _, p := range places {
			all = append(all, look{places: []string{p}})
		}
		return all
	}
	var loop, boot, late []look
	for i := range 40 {
		loop = append(loop, at(fmt.Sprintf("page%d", i%3))...)
		boot = append(boot, at(fmt.Sprintf("page%d", i))...)
		late = append(late, at("same")...)
	}
	late[30], late[35] = at("timer")[0], at("tick")[0] // two of twenty
	for name, tt := range map[string]struct {
		looks []look
		want  bool
	}{
		"nothing seen":              {nil, false},
		"one look":                  {at("a"), false},
		"always the same place":     {slices.Repeat(at("halted"), 30), true},
		"in a circle":               {loop, true},
		"always somewhere new":      {boot, false},
		"an interrupt in between":   {late, true},
		"it went on in the middle":  {append(slices.Repeat(at("a"), 15), slices.Repeat(at("b"), 15)...), false},
		"back to where it came by":  {append(append(slices.Repeat(at("a"), 10), at("b", "b")...), slices.Repeat(at("b"), 12)...), true},
		"stack, then the processor": {append(slices.Repeat(at("msleep"), 15), slices.Repeat(at("halted"), 15)...), false},
	} {
		t.Run(name, func(t *testing.T) {
			if got := goRound(tt.looks); got != tt.want {
				t.Errorf("goRound() = %v; want %v", got, tt.want)
			}
		})
	}
}

func TestFunctions(t *testing.T) {
	const stack = "[<0>] msleep+0x29/0x40\n[<0>] fault_init+0x15/0xff0 [fault_exit]\n[<0>] do_one_initcall+0x58/0x240\n"
	want := []string{"[<0>] msleep", "[<0>] fault_init", "[<0>] do_one_initcall"}
	if got := functions(stack); !slices.Equal(got, want) {
		t.Errorf("functions() = %q; want %q", got, want)
	}
}

// What an agent says that is only late counts for more than what the processors are
// seen at while it waits for its turn.
func TestTestimony(t *testing.T) {
	task := look{stack: "[<0>] fault_init+0x1/0x2\n", places: []string{"fault_init"}}
	idle := look{places: []string{"halted"}}
	const silent = 10 * time.Second
	for name, tt := range map[string]struct {
		add  func(t *testimony)
		own  time.Duration
		want *look
	}{
		"the agent always answers": {func(t *testimony) { repeat(leastLooks, t, task, 0) }, 20 * time.Second, &task},
		"it answers now and then": {func(t *testimony) {
			for i := range leastLooks {
				repeat(30, t, idle, time.Duration(i)*time.Second)
				t.add(task, time.Duration(i)*time.Second)
			}
			t.add(idle, 30*time.Second)
		}, 31 * time.Second, &task},
		"it has hardly answered, and does": {func(t *testimony) {
			repeat(200, t, idle, 5*time.Second)
			t.add(task, 19*time.Second)
			repeat(200, t, idle, 20*time.Second)
		}, 21 * time.Second, nil},
		"it answered, and falls silent": {func(t *testimony) {
			t.add(task, 12*time.Second)
			repeat(200, t, idle, 20*time.Second)
		}, 22 * time.Second, &idle},
		"it never says a word":      {func(t *testimony) { repeat(leastLooks, t, idle, 15*time.Second) }, 20 * time.Second, &idle},
		"too little was seen of it": {func(t *testimony) { repeat(leastLooks-1, t, idle, 15*time.Second) }, 20 * time.Second, nil},
	} {
		t.Run(name, func(t *testing.T) {
			seen := &testimony{spoke: 10 * time.Second}
			tt.add(seen)
			looks := seen.proof(tt.own, silent)
			if (looks == nil) != (tt.want == nil) || looks != nil && looks[len(looks)-1].stack != tt.want.stack {
				t.Errorf("proof() = %v; want looks like %v", looks, tt.want)
			}
		})
	}
}

func repeat(n int, t *testimony, l look, own time.Duration) {
	for range n {
		t.add(l, own)
	}
}
