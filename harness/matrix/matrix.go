// SPDX-License-Identifier: GPL-2.0-only

// Package matrix runs lessons on kernels: every case of every lesson on every
// kernel, each on a VM of its own.
//
// It is the one place where kernels, builds, VMs, scripts and verdicts meet.
// What it finds out is a list of [verdict.Record].
package matrix

import (
	"context"
	"errors"
	"runtime"
	"sync"
	"time"

	"github.com/hashicorp/go-multierror"
	"golang.org/x/sync/errgroup"
	"golang.org/x/sync/semaphore"

	"kmodlab/harness/cache"
	"kmodlab/harness/fault"
	"kmodlab/harness/kernel"
	"kmodlab/harness/lesson"
	"kmodlab/harness/verdict"
)

// View sees cases as they run.
type View interface {
	Step(kernel, id, step string) // a step of a case begins
	Log(kernel, id, line string)  // the kernel printed a line
	Verdict(verdict.Record)       // a case has ended
}

// Runner runs cases.
type Runner struct {
	Cache  *cache.Cache
	Root   string        // the project's folder, which the initramfs is built from
	Kmod   string        // the folder of the modules' sources
	Out    string        // where logs go
	Update bool          // rewrite expected logs instead of comparing them
	Limit  time.Duration // how long a step may take before it counts as hung; 30 s for 0
	Jobs   int           // cases that may run at once; as many as there are CPUs for 0
	View   View

	slots     *semaphore.Weighted // VMs that may run at once
	mu        sync.Mutex          // guards emulators
	emulators map[string]emulator
}

// Run runs the cases of lessons on the kernels, in parallel. It returns what
// became of each case on each kernel, in the order of kernels and lessons. The
// error joins what kept whole kernels from being tested; their cases are
// among the records nevertheless, as infra.
func (r *Runner) Run(ctx context.Context, kernels []kernel.Source, lessons []lesson.Lesson) ([]verdict.Record, error) {
	r.defaults()
	columns := make([][]verdict.Record, len(kernels))
	var mu sync.Mutex
	var failed *multierror.Error
	var group errgroup.Group
	// Two at once: while one kernel's modules compile, the next one downloads.
	group.SetLimit(2)
	for i, s := range kernels {
		group.Go(func() error {
			records, err := r.column(ctx, s, lessons)
			columns[i] = records
			if err != nil {
				mu.Lock()
				failed = multierror.Append(failed, err)
				mu.Unlock()
			}
			return nil // the other kernels go on
		})
	}
	group.Wait()
	var all []verdict.Record
	for _, c := range columns {
		all = append(all, c...)
	}
	if err := context.Cause(ctx); err != nil && !errors.Is(err, context.Canceled) {
		failed = multierror.Append(failed, err)
	}
	return all, failed.ErrorOrNil()
}

// defaults fills in what was left out.
func (r *Runner) defaults() {
	if r.Jobs == 0 {
		r.Jobs = runtime.NumCPU()
	}
	if r.Limit == 0 {
		// Emulated kernels on a busy machine are slow; a lesson's steps take
		// milliseconds.
		r.Limit = 30 * time.Second
	}
	if r.slots == nil {
		r.slots = semaphore.NewWeighted(int64(r.Jobs))
	}
}

// column runs all lessons on one kernel.
func (r *Runner) column(ctx context.Context, source kernel.Source, lessons []lesson.Lesson) ([]verdict.Record, error) {
	col, err := r.Prepare(ctx, source)
	var cases []lesson.Case
	for _, l := range lessons {
		cases = append(cases, l.Cases...)
	}
	records := make([]verdict.Record, len(cases))
	var group errgroup.Group
	group.SetLimit(r.Jobs) // started in their order
	for i, c := range cases {
		group.Go(func() error {
			records[i] = r.blank(source, col, c)
			if err != nil {
				records[i] = r.decide(records[i], verdict.Facts{InfraError: err.Error()})
				records[i].Owner = string(fault.Of(err)) // the archive's, the host's or ours
			} else {
				records[i] = r.runCase(ctx, col, c, records[i])
			}
			if ctx.Err() == nil { // what an interrupted run did not do is no news
				r.View.Verdict(records[i])
			}
			return nil // the other cases go on
		})
	}
	group.Wait()
	return records, err
}
