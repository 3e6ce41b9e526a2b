// SPDX-License-Identifier: GPL-2.0-only

package matrix

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"strconv"
	"strings"
	"syscall"
	"time"

	"kmodlab/harness/fault"
	"kmodlab/harness/kmsg"
	"kmodlab/harness/ko"
	"kmodlab/harness/lesson"
	"kmodlab/harness/vm"
)

// bench is a VM as a script sees it. It remembers what the verdict needs.
type bench struct {
	vm     *vm.VM
	column *Column
	limit  time.Duration // of a step

	died    string        // how a task that did a step died
	lost    uint64        // records that were lost
	records []kmsg.Record // of the case, from the first step on
	current string        // the step under way, as the script writes it
	trouble string        // the first step that the kernel reported trouble at
}

var _ Guest = (*bench)(nil)

// Insert inserts a module that was built for this kernel, or, when there is
// none of that name, one of the kernel's own.
func (b *bench) Insert(ctx context.Context, name string, params []string) (lesson.Step, error) {
	path := cmp.Or(b.column.modules.Files[name], b.column.own[name])
	if path == "" {
		return lesson.Step{}, &fault.Error{Party: fault.Module, What: fmt.Sprintf("there is no module %q for %s", name, b.column.kernel.Release),
			Fix: "is its folder in kmod, with a Kbuild? the kernel's own modules do not come with all kernels"}
	}
	image, err := ko.Read(path)
	if err != nil {
		return lesson.Step{}, err
	}
	return b.step(ctx, func(ctx context.Context) (vm.Answer, error) {
		return b.vm.Insert(ctx, image, params...)
	})
}

// Remove removes a module, without waiting for its users to go.
func (b *bench) Remove(ctx context.Context, name string) (lesson.Step, error) {
	return b.step(ctx, func(ctx context.Context) (vm.Answer, error) { return b.vm.Remove(ctx, name) })
}

// Run runs a command of the guest. A command that fails is a step with EIO.
func (b *bench) Run(ctx context.Context, argv []string) (lesson.Step, error) {
	return b.step(ctx, func(ctx context.Context) (vm.Answer, error) {
		answer, err := b.vm.Run(ctx, nil, argv...)
		if err == nil && answer.Errno == 0 && answer.Exit != 0 {
			answer.Errno = syscall.EIO
		}
		return answer, err
	})
}

// Read reads a file of the guest.
func (b *bench) Read(ctx context.Context, path string) (lesson.Step, error) {
	return b.step(ctx, func(ctx context.Context) (vm.Answer, error) { return b.vm.ReadFile(ctx, path) })
}

// Write writes a file of the guest that is there.
func (b *bench) Write(ctx context.Context, path string, data []byte) (lesson.Step, error) {
	return b.step(ctx, func(ctx context.Context) (vm.Answer, error) { return b.vm.WriteFile(ctx, path, data, 0) })
}

// End runs a command of the guest that ends it. The agent goes before the kernel
// does, so the log is the console's, which shows every line for this step. It
// may show some that came before: a console can have a thread of its own.
func (b *bench) End(ctx context.Context, argv []string) (lesson.Step, lesson.End, error) {
	const everything = "8\n" // the first number of the file is the console's log level
	if err := b.WriteFile(ctx, "/proc/sys/kernel/printk", []byte(everything)); err != nil {
		return lesson.Step{}, "", err
	}
	shown, known := len(b.vm.Console()), b.newest()
	ctx, cancel := context.WithTimeout(ctx, b.limit)
	defer cancel()
	answer, err := b.vm.Run(ctx, nil, argv...)
	if err == nil {
		b.keep(answer)
		return lesson.Step{}, "", fmt.Errorf("%s: %w: %s", strings.Join(argv, " "), errLivesOn, answer.Output)
	}
	if err := b.vm.Await(ctx); err != nil {
		return lesson.Step{}, "", err
	}
	fate := b.vm.Close()
	end, ok := ends[fate.How]
	if !ok {
		return lesson.Step{}, "", err // how it ended is told by its fate
	}
	return lesson.Step{Log: kmsg.ConsoleTranscript(fate.Console[shown:], known)}, end, nil
}

// newest returns when the last record was logged that the script has been told
// of.
func (b *bench) newest() time.Duration {
	if len(b.records) == 0 {
		return 0
	}
	return b.records[len(b.records)-1].Time
}

// ends are the ends of a VM that a script may ask for.
var ends = map[vm.How]lesson.End{vm.Reset: lesson.Reset, vm.PowerOff: lesson.PowerOff}

// errLivesOn ends a script that wanted the guest to end.
var errLivesOn = errors.New("the guest lives on")

// Settle returns what was printed since the last step.
func (b *bench) Settle(ctx context.Context) (lesson.Step, error) {
	return b.step(ctx, b.vm.Settle)
}

// Loaded tells whether a module is in /proc/modules.
func (b *bench) Loaded(ctx context.Context, name string) (bool, error) {
	ctx, cancel := context.WithTimeout(ctx, b.limit)
	defer cancel()
	answer, err := b.vm.List(ctx)
	if err != nil {
		return false, err
	}
	b.keep(answer)
	for line := range strings.Lines(string(answer.Output)) {
		if loaded, _, _ := strings.Cut(line, " "); loaded == name {
			return true, nil
		}
	}
	return false, nil
}

// ReadFile returns the contents of a file of the guest. The guest's refusal is
// an errno.
func (b *bench) ReadFile(ctx context.Context, path string) ([]byte, error) {
	step, err := b.Read(ctx, path)
	return []byte(step.Output), refusal("read", path, step, err)
}

// WriteFile writes a file of the guest that is there. The guest's refusal is an
// errno.
func (b *bench) WriteFile(ctx context.Context, path string, data []byte) error {
	step, err := b.Write(ctx, path, data)
	return refusal("write", path, step, err)
}

func refusal(op, path string, step lesson.Step, err error) error {
	if err == nil && step.Errno != 0 {
		return &fs.PathError{Op: op, Path: path, Err: step.Errno}
	}
	return err
}

// Has settles a condition of the script.
func (b *bench) Has(condition string) (bool, error) {
	if n, ok := strings.CutPrefix(condition, "cpus:"); ok {
		want, err := strconv.Atoi(n)
		return err == nil && b.vm.Hello.CPUs >= want, err
	}
	return b.column.conditions.Has(condition)
}

func (b *bench) step(ctx context.Context, act func(context.Context) (vm.Answer, error)) (lesson.Step, error) {
	ctx, cancel := context.WithTimeout(ctx, b.limit)
	defer cancel()
	answer, err := act(ctx)
	if err != nil {
		return lesson.Step{}, err
	}
	b.keep(answer)
	if answer.Died != "" {
		b.died = answer.Died
		return lesson.Step{Log: kmsg.Transcript(answer.Records)}, errTaskDied
	}
	return lesson.Step{Errno: answer.Errno, Output: string(answer.Output), Log: kmsg.Transcript(answer.Records)}, nil
}

// errTaskDied ends a script whose step's task was killed; the splat that
// killed it is the reason.
var errTaskDied = errors.New("the task that took the step was killed")

func (b *bench) keep(answer vm.Answer) {
	b.lost += answer.Lost
	b.records = append(b.records, answer.Records...)
	if b.trouble == "" && len(kmsg.Splats(lines(answer.Records))) > 0 {
		b.trouble = b.current
	}
}
