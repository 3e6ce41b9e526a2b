// SPDX-License-Identifier: GPL-2.0-only

package harness

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"time"

	"kmodlab/harness/internal/bench"
	"kmodlab/harness/internal/chaos"
	"kmodlab/harness/internal/lesson"
	"kmodlab/harness/internal/matrix"
	"kmodlab/harness/internal/verdict"
	"kmodlab/internal/fault"
	"kmodlab/internal/kernel"
)

// faultsFolder holds modules that do one thing wrong each, and what provokes it.
const faultsFolder = "harness/testdata/faults"

// faultsLimit is how much of its own time a VM of the faults gets for a step: a
// third of them hang, and every proof takes all of it.
const faultsLimit = 4 * time.Second

// Disturbance is how a soak is disturbed.
type Disturbance struct {
	On     bool
	Kinds  string // with commas between; all when empty
	Rounds int    // of each kind
	Seed   uint64 // of what is left to chance; another one each time for 0
}

// chaos runs every lesson and every fault on the kernels that the flags name, in
// quiet and then under each kind of disturbance, and fails where a record is
// another one than in quiet, or a VM of the load does not come up. A kind that
// this machine does not have is told and left out.
func (l *lab) chaos(ctx context.Context, f Flags, load bench.Load, d Disturbance) error {
	kinds, err := chaos.Parse(d.Kinds)
	if err != nil {
		return status(err)
	}
	l.out = filepath.Join(l.out, chaosFolder)
	if d.Seed == 0 {
		d.Seed = uint64(rand.Uint32())
	}
	l.view.Printf("seed: %d\n", d.Seed)
	s := &disturbedSoak{lab: l, load: load}
	if s.kernels, err = l.kernels(ctx, f); err != nil {
		return status(err)
	}
	if s.works, err = l.works(ctx, f, s.kernels); err != nil {
		return status(err)
	}
	for _, work := range s.works {
		if err := s.rest(ctx, work); err != nil {
			return ended(ctx, err)
		}
	}
	wrong := 0
	for _, kind := range kinds {
		for round := range d.Rounds {
			n, err := s.round(ctx, kind, d.Seed+uint64(round), round+1)
			if _, unable := errors.AsType[*chaos.Unable](err); unable {
				l.view.Printf("left out: %v\n", err)
				break
			}
			if err != nil {
				return ended(ctx, err)
			}
			wrong += n
		}
	}
	if wrong > 0 {
		return failed(fault.ExitFailed, "%d records or VMs are not what they are in quiet; -seed=%d makes the same chances", wrong, d.Seed)
	}
	return nil
}

// chaosFolder is where, under the output folder, records of disturbed runs go.
const chaosFolder = "chaos"

// disturbedSoak is what is run under each disturbance.
type disturbedSoak struct {
	*lab
	kernels []kernel.Source
	works   []*work
	load    bench.Load
}

// work is cases that are run again and again.
type work struct {
	name   string
	runner *matrix.Runner
	cells  []matrix.Job
	passes bool // in quiet, all of it; what is meant to fail does not
	quiet  []verdict.Record
}

// run runs the cases once. Records of a run that was interrupted are no records.
func (w *work) run(ctx context.Context) ([]verdict.Record, error) {
	records, err := w.runner.Run(ctx, w.cells)
	if err == nil && ctx.Err() != nil {
		err = context.Cause(ctx)
	}
	return records, err
}

// works returns the lessons and, unless a part of them was asked for, the faults
// as work on the kernels.
func (l *lab) works(ctx context.Context, f Flags, kernels []kernel.Source) ([]*work, error) {
	lessons, err := l.lessons(f)
	if err != nil {
		return nil, err
	}
	all := []*work{{name: "lessons", passes: true, cells: matrix.Plan(kernels, lessons, nil)}}
	folders := []string{l.home.Lessons}
	if f.Lesson == "" && f.Run == "" {
		faults, err := lesson.Find(filepath.Join(l.home.Sources, faultsFolder))
		if err != nil {
			return nil, err
		}
		all = append(all, &work{name: "faults", cells: matrix.Plan(kernels, faults, nil)})
		folders = append(folders, filepath.Join(l.home.Sources, faultsFolder))
	}
	for i, w := range all {
		if w.runner, err = l.runner(ctx, kernels, silent{l.view}, false); err != nil {
			return nil, err
		}
		w.runner.Kmod = folders[i]
	}
	if len(all) > 1 {
		all[1].runner.Limit = faultsLimit
	}
	return all, nil
}

// rest runs the work in quiet. A lesson that fails there is told: what fails
// already proves nothing of what disturbs it.
func (s *disturbedSoak) rest(ctx context.Context, w *work) (err error) {
	if w.quiet, err = w.run(ctx); err != nil {
		return err
	}
	s.view.Printf("%s, in quiet: %s\n", w.name, verdict.Run{Records: w.quiet}.Judge().Closing())
	for _, r := range w.quiet {
		if w.passes && r.Verdict.Owner() != "" {
			s.view.Printf("  %s: %s: %s\n", r.ID(), r.Verdict, r.Reason)
		}
	}
	return verdict.Write(filepath.Join(s.out, "quiet-"+w.name+".json"), w.quiet)
}

// round runs everything under a disturbance once and returns how much of it was
// not as in quiet.
func (s *disturbedSoak) round(ctx context.Context, kind chaos.Kind, seed uint64, round int) (int, error) {
	wrong := 0
	err := under(ctx, kind, seed, func(ctx context.Context) error {
		for _, w := range s.works {
			records, err := w.run(ctx)
			if err != nil {
				return err
			}
			differences := verdict.Differences(w.quiet, records)
			wrong += len(differences)
			s.tell(fmt.Sprintf("%s, under %s, round %d", w.name, kind, round), records, differences)
			name := filepath.Join(s.out, fmt.Sprintf("%s-%d-%s.json", kind, round, w.name))
			if err := verdict.Write(name, records); err != nil {
				return err
			}
		}
		if s.load == (bench.Load{}) {
			return nil
		}
		failures, err := s.soak(ctx, s.works[0].runner, s.kernels, s.load)
		wrong += failures
		return err
	})
	return wrong, err
}

func (s *disturbedSoak) tell(what string, records []verdict.Record, differences []string) {
	again := 0
	for _, r := range records {
		if r.Retried != "" {
			again++
		}
	}
	s.view.Printf("%s: %d cases, %d differ, %d took a second attempt\n", what, len(records), len(differences), again)
	for _, line := range differences {
		s.view.Printf("  %s\n", line)
	}
}

// under does something that is disturbed from its beginning to its end.
func under(ctx context.Context, kind chaos.Kind, seed uint64, do func(context.Context) error) error {
	disturbing, stop := context.WithCancel(ctx)
	doing, giveUp := context.WithCancel(ctx)
	defer giveUp()
	ended := make(chan error, 1)
	go func() {
		err := chaos.Disturb(disturbing, kind, seed)
		if err != nil { // what is not disturbed proves nothing
			giveUp()
		}
		ended <- err
	}()
	err := do(doing)
	stop()
	if unable := <-ended; unable != nil {
		return unable
	}
	return err
}
