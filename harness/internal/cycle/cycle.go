// SPDX-License-Identifier: GPL-2.0-only

// Package cycle loads and unloads a lesson's modules again and again on one
// kernel, and finds out what they leave behind.
//
// A cycle is what the lesson's main case inserts and removes, in its order, up
// to where nothing is loaded any more, without the guest commands between: the
// modules come and go, nothing else happens. Each cycle must print what the first one printed, so that a chain
// that grows, a counter that goes on and a state that stays are seen in the
// lesson's own lines. What a log does not show is counted: modules, and the
// objects of each slab cache. What the kernel reports is judged as for any case.
package cycle

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/rogpeppe/go-internal/diff"
	"golang.org/x/sys/unix"

	"kmodlab/harness/internal/lesson"
	"kmodlab/harness/internal/matrix"
)

// Warmup is how many cycles go by before the first count: those in which the
// kernel fills its per-CPU lists and makes what it makes once.
const Warmup = 20

// Cycles is a way to play a case: round by round.
type Cycles struct {
	Rounds int // at least Warmup + MinRounds
}

// MinRounds is how many counted rounds a leak of one object a round needs to
// stand out: half of them is still more than an idle kernel's own coming and
// going.
const MinRounds = 40

// Lessons returns lessons with their main case alone. One that inserts no
// module is left out: there is nothing to load.
func Lessons(lessons []lesson.Lesson) []lesson.Lesson {
	var all []lesson.Lesson
	for _, l := range lessons {
		if c, ok := l.Main(); ok {
			l.Cases = []lesson.Case{c}
			all = append(all, l)
		}
	}
	return all
}

// Play plays the cycles of c on g; it is a [matrix.Play]. What was counted is
// the last thing it tells o.Echo.
func (y Cycles) Play(ctx context.Context, c lesson.Case, g matrix.Guest, o lesson.Options) lesson.Outcome {
	p := &player{ctx: ctx, guest: g, echo: o.Echo}
	p.play(c, y.Rounds)
	return p.out
}

// player is a case under way.
type player struct {
	ctx   context.Context
	guest matrix.Guest
	echo  func(string)
	out   lesson.Outcome
	first string // what the first cycle printed
}

func (p *player) play(c lesson.Case, rounds int) {
	loads, err := p.wanted(c.Loads)
	if err != nil {
		p.out.Err = err
		return
	}
	if len(loads) == 0 {
		p.out.Unsupported = "the case inserts nothing on this kernel"
		return
	}
	if !p.cycles(loads, 1, Warmup) {
		return
	}
	for last := Warmup; ; {
		before, err := take(p.ctx, p.guest)
		if err != nil {
			p.out.Err = err
			return
		}
		counted := rounds - Warmup
		if !p.cycles(loads, last+1, last+counted) {
			return
		}
		last += counted
		growth, err := p.settle(before, last, counted)
		switch {
		case err != nil:
			p.out.Err = err
			return
		case growth.Problem == "":
			p.echo(fmt.Sprintf("%d cycles; in the last %d of them: %s", last, counted, growth.Summary))
			p.out.Finished = true
			return
		case last >= Warmup+stretches*counted:
			p.out.Problem = growth.Problem
			return
		}
		p.echo(growth.Problem + "; going on, to see whether it stops")
	}
}

// stretches is how often the rounds are counted before what grows each time is
// called a leak. What the kernel frees late, and what it keeps to have it at
// hand, grows to a limit and not beyond: the ranges of freed vmalloc memory
// (lazy_max_pages, mm/vmalloc.c), inodes, a slab of each CPU.
const stretches = 3

// cycles takes the cycles from one to another and compares what each prints
// with what the first one printed; false when one differs or fails.
func (p *player) cycles(loads []lesson.Load, from, to int) bool {
	for round := from; round <= to; round++ {
		log, ok := p.cycle(loads, round)
		switch {
		case !ok:
			return false
		case round == 1:
			p.first = log
		case log != p.first:
			p.out.Problem = fmt.Sprintf("cycle %d prints something else than the first one", round)
			p.out.Diff = string(diff.Diff("cycle 1", []byte(p.first), fmt.Sprintf("cycle %d", round), []byte(log)))
			return false
		}
	}
	return true
}

// wanted returns the loads of a cycle: those whose conditions hold on this
// kernel, up to where nothing is loaded any more. What the script leaves loaded
// is removed.
func (p *player) wanted(loads []lesson.Load) ([]lesson.Load, error) {
	var wanted []lesson.Load
	var loaded []string
next:
	for _, l := range loads {
		for _, c := range l.Conditions {
			condition, negated := strings.CutPrefix(c, "!")
			ok, err := p.guest.Has(condition)
			if err != nil {
				return nil, err
			}
			if ok == negated {
				continue next
			}
		}
		wanted = append(wanted, l)
		if l.Remove {
			loaded = slices.DeleteFunc(loaded, func(name string) bool { return name == l.Module })
		} else {
			loaded = append(loaded, l.Module)
		}
		if len(loaded) == 0 {
			break
		}
	}
	for _, name := range slices.Backward(loaded) {
		wanted = append(wanted, lesson.Load{Remove: true, Module: name})
	}
	return wanted, nil
}

// cycle takes every load once and returns what the kernel printed; false when
// the cycle did not go to its end.
func (p *player) cycle(loads []lesson.Load, round int) (string, bool) {
	var log strings.Builder
	for _, l := range loads {
		p.out.Step = fmt.Sprintf("cycle %d, %s", round, l)
		step, err := p.take(l)
		if err != nil {
			p.out.Err = err
			return "", false
		}
		fmt.Fprintf(&log, "$ %s\n", l)
		for _, line := range step.Log {
			fmt.Fprintln(&log, line)
		}
		if step.Errno != 0 {
			p.out.Refused = &lesson.Refusal{Module: l.Module, Errno: unix.ErrnoName(step.Errno)}
			p.out.Diff = log.String()
			return "", false
		}
	}
	return log.String(), true
}

func (p *player) take(l lesson.Load) (lesson.Step, error) {
	if l.Remove {
		return p.guest.Remove(p.ctx, l.Module)
	}
	return p.guest.Insert(p.ctx, l.Module, l.Params)
}

// settle counts again and compares. What looks like a leak is looked at again
// first, each time at those caches alone that seem to have grown: kfree_rcu()
// frees up to 5 seconds late (KFREE_DRAIN_JIFFIES, mm/slab_common.c), and a slab
// that a CPU takes between shrinking and counting counts as full.
func (p *player) settle(before census, last, counted int) (growth, error) {
	const looks = 5
	var suspects []string
	p.out.Step = fmt.Sprintf("the count after %d cycles", last)
	for look := 1; ; look++ {
		after, err := take(p.ctx, p.guest, suspects...)
		if err != nil {
			return growth{}, err
		}
		g := after.since(before, counted)
		if g.Problem == "" || look == looks {
			return g, nil
		}
		suspects = g.Caches
		if _, err := p.guest.Run(p.ctx, []string{"sleep", "2"}); err != nil {
			return growth{}, err
		}
	}
}
