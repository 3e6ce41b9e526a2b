// SPDX-License-Identifier: GPL-2.0-only

package lesson

import (
	"strings"
	"testing"
)

func TestNothingLeft(t *testing.T) {
	none, one, two := []string{"/proc/a"}, []string{"/proc/a", "/proc/zoo"}, []string{"/proc/a", "/proc/zoo", "kernel thread zoo"}
	const script = "remember\ndmesg\nrmmod zoo\ndmesg\nnothing-left\ndmesg\n"
	for name, tt := range map[string]struct {
		script   string
		pictures [][]string
		slept    []string // what the kernel prints when it is waited
		problem  string   // "" for none
		looks    int
	}{
		"nothing":             {script: script, pictures: [][]string{none, none}, looks: 2},
		"what was there goes": {script: script, pictures: [][]string{two, none}, looks: 2},
		"it goes late":        {script: script, pictures: [][]string{none, two, one, none}, looks: 4},
		"it stays":            {script: script, pictures: [][]string{none, one}, problem: "it leaves behind: /proc/zoo", looks: 1 + looks},
		"two things stay":     {script: script, pictures: [][]string{none, two}, problem: "it leaves behind: /proc/zoo, kernel thread zoo", looks: 1 + looks},
		"it says something":   {script: script, pictures: [][]string{none, one, none}, slept: []string{"late"}, problem: "the kernel log differs from the transcript", looks: 3},
		"remembered anew":     {script: "remember\ndmesg\nremember\ndmesg\nnothing-left\ndmesg\n", pictures: [][]string{none, one, one}, looks: 3},
		"an empty kernel":     {script: script, pictures: [][]string{{}, {}}, looks: 2},
		"nothing remembered":  {script: "nothing-left\ndmesg\n", pictures: [][]string{none}, problem: "nothing-left without a remember before it"},
		"the other way":       {script: "remember\ndmesg\n! nothing-left\ndmesg\n", pictures: [][]string{none}, problem: "usage: nothing-left", looks: 1},
		"not compared":        {script: "remember\nnothing-left\ndmesg\n", pictures: [][]string{none}, problem: `the log of "remember" is not compared before "nothing-left"`, looks: 1},
	} {
		t.Run(name, func(t *testing.T) {
			b := tape{pictures: tt.pictures, looks: new(int), steps: map[string]Step{"run sleep 1": {Log: tt.slept}}}
			out, _ := play(t, b, tt.script, false)
			if out.Finished != (tt.problem == "") || out.Problem != tt.problem || *b.looks != tt.looks {
				t.Errorf("Run() = %+v after %d looks; want problem %q, %d looks", out, *b.looks, tt.problem, tt.looks)
			}
			if tt.slept != nil && !strings.Contains(out.Diff, "+late") {
				t.Errorf("the difference is %q; want what the kernel printed meanwhile", out.Diff)
			}
		})
	}
}
