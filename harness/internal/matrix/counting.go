// SPDX-License-Identifier: GPL-2.0-only

package matrix

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"

	"kmodlab/harness/internal/coverage"
	"kmodlab/harness/internal/kbuild"
	"kmodlab/harness/internal/lesson"
	"kmodlab/harness/internal/vm"
	"kmodlab/internal/fault"
	"kmodlab/internal/kernel"
	"kmodlab/internal/ko"
)

// countersFolder has, below the project's folder, the module by which a guest
// hands out the counters of others.
var countersFolder = filepath.Join("guest", "counters")

// compiledFor returns the kernel that modules are to be compiled for: k, which has
// them count where the run measures coverage.
func (r *Runner) compiledFor(k *kernel.Kernel) (*kernel.Kernel, error) {
	if r.Coverage == nil {
		return k, nil
	}
	return kbuild.Counting(k)
}

// readyToCount gets what a guest of col needs to hand out counters.
func (r *Runner) readyToCount(ctx context.Context, col *Target) error {
	if r.Coverage == nil || col.modules == nil {
		return nil
	}
	if err := r.Coverage.Built(col.source.Name, col.modules); err != nil {
		return err
	}
	built, err := kbuild.Build(ctx, r.Cache, col.kernel, filepath.Join(r.Root, countersFolder))
	if failed, ok := errors.AsType[*kbuild.Error](err); ok {
		return &fault.Error{Owner: fault.Harness, What: "the module that reads counters does not build", Where: col.kernel.Release, Err: failed, Hint: "leave out -cover"}
	}
	if err != nil {
		return err
	}
	for _, path := range built.Files { // the only one
		if col.counters, err = ko.Read(path); err != nil {
			return err
		}
	}
	return nil
}

// counting is what a guest hands out; nil where no coverage is measured.
type counting struct {
	text []byte
	err  error
}

// count has the guest v hand out counters from now on.
func (r *Runner) count(ctx context.Context, col *Target, v *vm.VM) (*counting, error) {
	if r.Coverage == nil {
		return nil, nil
	}
	answer, err := v.Insert(ctx, col.counters)
	if err == nil && (answer.Errno != 0 || answer.Died != "") {
		err = &fault.Error{Owner: fault.Harness, What: "the guest does not take the module that reads counters", Where: col.kernel.Release, Err: answer.Errno, Hint: "leave out -cover"}
	}
	return &counting{err: errNotRead}, err
}

var errNotRead = errors.New("the guest could not be asked any more")

// read takes the counters as they are now: at the end, and before a guest ends.
func (n *counting) read(ctx context.Context, b *guest) {
	if n == nil {
		return
	}
	step, err := b.Read(ctx, coverage.CountersFile)
	if err == nil && step.Errno != 0 {
		err = step.Errno
	}
	if n.err = err; err == nil {
		n.text = []byte(step.Output)
	}
}

// counted keeps what the case ran, and returns a note on what of it cannot be had.
func (r *Runner) counted(ctx context.Context, col *Target, c lesson.Case, b *guest, o lesson.Outcome) []string {
	if b.counting == nil {
		return nil
	}
	lost, isLost := errors.AsType[*vm.Lost](o.Err)
	ended := o.Ended != ""
	if !ended && (!isLost || lost.Kind == vm.LostHung && lost.Stack != "") { // the agent has told where it hangs: it may tell this, too
		b.counting.read(ctx, b)
	}
	err := b.counting.err
	if b.counting.text != nil {
		err = r.Coverage.Ran(col.source.Name, c.ID(), b.counting.text)
	}
	switch {
	case err != nil:
		return []string{fmt.Sprintf("coverage: what this case ran is not counted, or not all of it: %v", err)}
	case ended:
		return []string{"coverage: what this case ran is counted up to the step that ended the guest"}
	}
	return nil
}
