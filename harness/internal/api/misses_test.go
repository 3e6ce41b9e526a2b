// SPDX-License-Identifier: GPL-2.0-only

package api

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestMisses(t *testing.T) {
	for text, want := range map[string][]Miss{
		"error: implicit declaration of function ‘del_timer_sync’; did you mean ‘dev_mc_sync’? [-Werror=implicit-function-declaration]": {{"del_timer_sync", Compile}},
		"error: implicit declaration of function 'strlcpy' [-Wimplicit-function-declaration]":                                           {{"strlcpy", Compile}},
		"error: call to undeclared library function 'strncpy' with type":                                                                {{"strncpy", Compile}},
		"error: call to undeclared function 'del_timer'; ISO C99 and later do not support":                                              {{"del_timer", Compile}},
		"error: ‘no_llseek’ undeclared here (not in a function); did you mean ‘noop_llseek’?":                                           {{"no_llseek", Compile}},
		"error: 'x' undeclared (first use in this function)":                                                                            {{"x", Compile}},
		"error: use of undeclared identifier 'x'":                                                                                       {{"x", Compile}},
		"error: unknown type name ‘mm_segment_t’":                                                                                       {{"mm_segment_t", Compile}},
		"fatal error: asm/unaligned.h: No such file or directory":                                                                       {{"asm/unaligned.h", Include}},
		"fatal error: 'asm/unaligned.h' file not found":                                                                                 {{"asm/unaligned.h", Include}},
		`ERROR: modpost: "task_work_run" [/src/a/a.ko] undefined!`:                                                                      {{"task_work_run", Link}},
		"a/a.ko: symbol 'task_work_run' undefined!":                                                                                     {{"task_work_run", Link}},
		"a: Unknown symbol base_greet (err -2)":                                                                                         {{"base_greet", Link}},
		"a: Unknown symbol base_greet (err 0)":                                                                                          {{"base_greet", Link}},
		"a: Unknown symbol x (err -2)\na: Unknown symbol y (err -2)\na: Unknown symbol x (err -2)":                                      {{"x", Link}, {"y", Link}},
		"a: Unknown symbol printk (err -22)":                                                                                            nil,
		"error: too many arguments to function ‘class_create’":                                                                          nil,
		"a: Direct firmware load for a.bin failed with error -2":                                                                        nil,
		"": nil,
	} {
		if d := cmp.Diff(want, Misses(text)); d != "" {
			t.Errorf("Misses(%q) (-want +got):\n%s", text, d)
		}
	}
}

// What is missed stands in the text, and is told once.
func FuzzMisses(f *testing.F) {
	f.Add("error: 'x' undeclared")
	f.Add(`"x" [] undefined!` + "\n" + `"x" [] undefined!`)
	f.Add("a: Unknown symbol  (err 0)")
	f.Fuzz(func(t *testing.T, text string) {
		seen := map[Miss]bool{}
		for _, m := range Misses(text) {
			if m.Name == "" || seen[m] || !strings.Contains(text, m.Name) {
				t.Errorf("%q is missed by %q", m.Name, text)
			}
			seen[m] = true
		}
	})
}
