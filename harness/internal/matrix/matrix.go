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
	"slices"
	"sync"
	"time"

	"github.com/hashicorp/go-multierror"
	"golang.org/x/sync/errgroup"

	"kmodlab/harness/internal/api"
	"kmodlab/harness/internal/coverage"
	"kmodlab/harness/internal/kbuild"
	"kmodlab/harness/internal/lesson"
	"kmodlab/harness/internal/splat"
	"kmodlab/harness/internal/verdict"
	"kmodlab/harness/internal/vm"
	"kmodlab/internal/cache"
	"kmodlab/internal/fault"
	"kmodlab/internal/kernel"
)

// View sees cases as they run.
type View interface {
	Step(kernel, id, step string) // a step of a case begins
	Log(kernel, id, line string)  // the kernel printed a line
	Verdict(verdict.Record)       // a case has ended
}

// Guest is a VM that a case is played on: what a script sees of it, and its
// files.
type Guest interface {
	lesson.Guest
	ReadFile(ctx context.Context, path string) ([]byte, error)
	WriteFile(ctx context.Context, path string, data []byte) error
}

// Play plays a case on a pristine VM and returns how it went. What the kernel
// has to say to it is judged afterwards, as for a script.
type Play func(context.Context, lesson.Case, Guest, lesson.Options) lesson.Outcome

func playScript(ctx context.Context, c lesson.Case, g Guest, o lesson.Options) lesson.Outcome {
	return c.Run(ctx, g, o)
}

// Runner runs cases.
type Runner struct {
	Cache      *cache.Cache
	Root       string        // the project's folder, which the initramfs is built from
	Kmod       string        // the folder of the modules' sources
	Only       []string      // the folders of Kmod to build; all when empty
	Out        string        // where logs go
	Again      string        // what the command to run a case again has to have besides: " -qemu=host"
	Strict     bool          // a case that the kernel remarks on fails
	Update     bool          // rewrite expected logs instead of comparing them
	Limit      time.Duration // how much of its own time a VM may live in a step, before it is seen whether it hangs; 30 s for 0
	Jobs       int           // cases that may run at once; as many as CPUs, for those that do not only wait, and memory carry for 0
	View       View
	QEMU       func(ctx context.Context, arch string) (vm.QEMU, error) // what VMs of arch run in
	Devices    []string                                                // which VMs are given, see [vm.DeviceNames]
	KernelArgs []string                                                // what is added to the kernels' command lines, see [vm.KernelArgs]
	Allow      []splat.Allowance                                       // splats that are no fault, beside those that a lesson allows
	History    api.History                                             // other kernels, by which what is missing on one is explained
	Play       Play                                                    // what a case does on its VM; nil runs its script

	Coverage *coverage.Collector // gathers which lines of the modules the cases run; nil measures nothing

	// Attend, if not nil, is called with the VM of each case and returns when
	// the case may begin. Its error ends the case, as infra.
	Attend func(context.Context, *vm.VM) error

	// Build builds the modules; nil builds the lessons in Kmod.
	Build func(context.Context, *kernel.Kernel) (*kbuild.Modules, error)
	// Reproduce returns the command that runs a case on a kernel again; nil is
	// for lessons.
	Reproduce func(kernel.Source, lesson.Case) string

	places    *places
	mu        sync.Mutex // guards emulators
	emulators map[string]emulator
}

// Run runs the cells, in parallel, and returns what became of each, in their
// order. The error joins what kept whole kernels from being tested; their
// cases are among the records nevertheless, as infra.
func (r *Runner) Run(ctx context.Context, cells []Job) ([]verdict.Record, error) {
	records := make([]verdict.Record, len(cells))
	kernels, positions := columns(cells)
	err := r.each(ctx, kernels, func(i int, col *Target, failed error) {
		r.column(ctx, kernels[i], col, failed, cells, positions[i], records)
	})
	return records, err
}

// RunBuilt runs on each of the kernels the cases that plan returns for the
// modules that were built for it. A kernel that none were built for, or that
// could not be had, is told of by the case instead. Records and error are as
// those of Run, kernel by kernel; the tests that modules print the results of have
// records of their own, behind those of the cases.
func (r *Runner) RunBuilt(ctx context.Context, kernels []kernel.Source, instead lesson.Case, plan func(context.Context, *kernel.Kernel, *kbuild.Modules) ([]lesson.Case, error)) ([]verdict.Record, error) {
	parts := make([][]verdict.Record, len(kernels))
	err := r.each(ctx, kernels, func(i int, col *Target, failed error) {
		cases := []lesson.Case{instead}
		if failed == nil && col.modules != nil {
			var planned []lesson.Case
			if planned, failed = plan(ctx, col.kernel, col.modules); failed == nil {
				cases = planned
			}
		}
		var cells []Job
		var positions []int
		for n, c := range cases {
			cells, positions = append(cells, Job{Kernel: kernels[i], Case: c}), append(positions, n)
		}
		parts[i] = make([]verdict.Record, len(cells))
		tests := r.column(ctx, kernels[i], col, failed, cells, positions, parts[i])
		for _, record := range tests {
			if ctx.Err() != nil {
				break
			}
			r.View.Verdict(record)
		}
		parts[i] = append(parts[i], tests...)
	})
	return slices.Concat(parts...), err
}

// each makes the kernels ready, and calls run with each that is, or with why it
// is not; calls overlap. The error joins those reasons.
func (r *Runner) each(ctx context.Context, kernels []kernel.Source, run func(i int, col *Target, failed error)) error {
	r.defaults()
	var mu sync.Mutex
	var failed *multierror.Error
	var group errgroup.Group
	// While one kernel's modules compile, the next one downloads, and the cases
	// of those that are ready run.
	group.SetLimit(preparations)
	var running sync.WaitGroup
	for i, k := range kernels {
		group.Go(func() error {
			col, err := r.Prepare(ctx, k)
			if err != nil {
				mu.Lock()
				failed = multierror.Append(failed, err)
				mu.Unlock()
			}
			running.Go(func() { run(i, col, err) })
			return nil // the other kernels go on
		})
	}
	group.Wait()
	running.Wait()
	if err := context.Cause(ctx); err != nil && !errors.Is(err, context.Canceled) {
		failed = multierror.Append(failed, err)
	}
	return failed.ErrorOrNil()
}

// preparations is how many kernels are made ready at once: one that downloads
// and one that compiles.
const preparations = 2

// defaults fills in what was left out.
func (r *Runner) defaults() {
	if r.Jobs == 0 {
		r.Jobs = jobs()
	}
	if r.Limit == 0 {
		// A lesson's steps take milliseconds; a driver may wait for seconds.
		r.Limit = 30 * time.Second
	}
	if r.Play == nil {
		r.Play = playScript
	}
	if r.places == nil {
		r.places = newPlaces(r.Jobs, workers())
	}
}

// column runs the cells at the positions, which are those of one kernel, and
// puts what became of them at the same positions of records. It returns the records
// of the tests in them. failed is why the kernel could not be made ready.
func (r *Runner) column(ctx context.Context, source kernel.Source, col *Target, failed error, cells []Job, positions []int, records []verdict.Record) []verdict.Record {
	tests := make([][]verdict.Record, len(records))
	var group errgroup.Group
	group.SetLimit(r.Jobs) // started in their order
	for _, i := range positions {
		group.Go(func() error {
			c := cells[i].Case
			records[i] = r.blank(source, col, c)
			if failed != nil {
				records[i] = r.decide(records[i], verdict.Facts{InfraError: failed.Error()})
				records[i].Owner = string(fault.Of(failed)) // the archive's, the host's or ours
			} else {
				record, printed := r.runCase(ctx, col, c, records[i])
				records[i], tests[i] = record, testRecords(record, printed)
			}
			if ctx.Err() == nil { // what an interrupted run did not do is no news
				r.View.Verdict(records[i])
			}
			return nil // the other cases go on
		})
	}
	group.Wait()
	return slices.Concat(tests...)
}
