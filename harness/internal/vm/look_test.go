// SPDX-License-Identifier: GPL-2.0-only

package vm

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"
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
