// SPDX-License-Identifier: GPL-2.0-only

package lesson

import (
	"strings"

	"github.com/rogpeppe/go-internal/testscript"

	"kmodlab/harness/internal/leftover"
)

// looks is how often it is looked for what is left, a second of the guest's time
// apart, before it counts as left behind. The kernel takes some things away late:
// a thread that was stopped, a cache that waits for RCU.
const looks = 4

// remember keeps the names of what is there, for nothing-left.
func (r *run) remember(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) > 0 {
		r.fail(ts, "usage: remember")
	}
	r.begin(ts, false, "remember", nil)
	step, there, err := r.bench.Look(r.ctx)
	r.printed(step)
	r.check(ts, err)
	r.there = append([]string{}, there...)
}

// nothingLeft asserts that nothing is there that was not when the script said
// remember.
func (r *run) nothingLeft(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) > 0 {
		r.fail(ts, "usage: nothing-left")
	}
	if r.there == nil {
		r.fail(ts, "nothing-left without a remember before it")
	}
	r.begin(ts, false, "nothing-left", nil)
	var log []string
	add := func(step Step, err error) {
		log = append(log, step.Log...)
		r.printed(Step{Log: log})
		r.check(ts, err)
	}
	var left []string
	for look := 1; ; look++ {
		step, there, err := r.bench.Look(r.ctx)
		add(step, err)
		if left = leftover.Since(r.there, there); len(left) == 0 || look == looks {
			break
		}
		add(r.bench.Run(r.ctx, []string{"sleep", "1"}))
	}
	if len(left) > 0 {
		r.fail(ts, "it leaves behind: "+strings.Join(left, ", "))
	}
}
