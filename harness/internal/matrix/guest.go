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

	"kmodlab/harness/internal/kmsg"
	"kmodlab/harness/internal/leftover"
	"kmodlab/harness/internal/lesson"
	"kmodlab/harness/internal/splat"
	"kmodlab/harness/internal/vm"
	"kmodlab/internal/fault"
	"kmodlab/internal/ko"
)

// guest is a VM as a script sees it. It remembers what the verdict needs.
type guest struct {
	vm     *vm.VM
	column *Target
	own    map[string]string // of the kernel's own modules those that the case inserts
	place  *place
	waits  func() time.Duration // for how long it was kept from running since it began to wait for its turn; nil when it did not

	inserted *insertion // the last step that inserted or removed a module, if it inserted

	died     string            // how a task that did a step died
	lost     uint64            // records that were lost
	records  []kmsg.Record     // of the case, from the first step on
	current  string            // the step under way, as the script writes it
	trouble  string            // the first step that the kernel reported trouble at
	last     *lastWord         // of the guest; nil as long as it has not said it
	notes    []string          // what a reader of the record should know
	excused  map[uint64]bool   // the sequence numbers of records that say nothing of the case
	forgiven uint64            // the taint that those left
	counting *counting         // which lines the modules ran; nil when nobody asks
	images   map[string][]byte // of the modules that were inserted, by their names
	looked   bool              // the case asks what is left behind
	leaks    []splat.Splat     // memory that nothing points to at the end
}

var _ Guest = (*guest)(nil)

// Insert inserts a module that was built for this kernel, or, when there is
// none of that name, one of the kernel's own.
func (b *guest) Insert(ctx context.Context, name string, params []string) (lesson.Step, error) {
	path := cmp.Or(b.column.modules.Files[name], b.own[name])
	if path == "" {
		return lesson.Step{}, &fault.Error{Owner: fault.Module, What: fmt.Sprintf("there is no module %q for %s", name, b.column.kernel.Release),
			Hint: "is its folder in kmod, with a Kbuild? the kernel has none of its own by that name, or came without them"}
	}
	image, err := ko.Read(path)
	if err != nil {
		return lesson.Step{}, err
	}
	b.images[name] = image
	before := len(b.records)
	step, err := b.step(ctx, func(ctx context.Context) (vm.Answer, error) {
		return b.vm.Insert(ctx, image, params...)
	})
	b.inserted = &insertion{image, params, lines(b.records[before:])}
	return step, err
}

// insertion is what there is to know of a module that was inserted.
type insertion struct {
	image  []byte
	params []string
	log    []string // what the kernel said to it
}

// Remove removes a module, without waiting for its users to go.
func (b *guest) Remove(ctx context.Context, name string) (lesson.Step, error) {
	b.inserted = nil
	return b.step(ctx, func(ctx context.Context) (vm.Answer, error) { return b.vm.Remove(ctx, name) })
}

// Run runs a command of the guest. A command that fails is a step with EIO. While
// it only waits, other VMs may work.
func (b *guest) Run(ctx context.Context, argv []string) (step lesson.Step, err error) {
	if argv[0] != "sleep" {
		return b.run(ctx, argv)
	}
	late := b.place.idle(ctx, func() {
		step, err = b.run(ctx, argv)
		b.waits = b.vm.Watch() // what it logs until it may work again comes with the next step
	})
	return step, cmp.Or(err, late)
}

func (b *guest) run(ctx context.Context, argv []string) (lesson.Step, error) {
	return b.step(ctx, func(ctx context.Context) (vm.Answer, error) {
		answer, err := b.vm.Run(ctx, nil, argv...)
		if err == nil && answer.Errno == 0 && answer.Exit != 0 {
			answer.Errno = syscall.EIO
		}
		return answer, err
	})
}

// Read reads a file of the guest.
func (b *guest) Read(ctx context.Context, path string) (lesson.Step, error) {
	return b.step(ctx, func(ctx context.Context) (vm.Answer, error) { return b.vm.ReadFile(ctx, path) })
}

// Write writes a file of the guest that is there.
func (b *guest) Write(ctx context.Context, path string, data []byte) (lesson.Step, error) {
	return b.step(ctx, func(ctx context.Context) (vm.Answer, error) { return b.vm.WriteFile(ctx, path, data, 0) })
}

// End runs a command of the guest that ends it. The agent goes before the kernel
// does, so the log is the console's, which shows every line for this step. It
// may show some that came before: a console can have a thread of its own.
func (b *guest) End(ctx context.Context, argv []string) (lesson.Step, lesson.End, error) {
	const everything = "8\n" // the first number of the file is the console's log level
	if err := b.WriteFile(ctx, "/proc/sys/kernel/printk", []byte(everything)); err != nil {
		return lesson.Step{}, "", err
	}
	b.counting.read(ctx, b)
	shown, known, kept := len(b.vm.Console()), b.newest(), b.vm.Watch()
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
	return lesson.Step{Log: kmsg.ConsoleTranscript(fate.Console[shown:], known, kept)}, end, nil
}

// newest returns when the last record was logged that the script has been told
// of.
func (b *guest) newest() time.Duration {
	if len(b.records) == 0 {
		return 0
	}
	return b.records[len(b.records)-1].Time
}

// ends are the ends of a VM that a script may ask for.
var ends = map[vm.How]lesson.End{vm.Reset: lesson.Reset, vm.PowerOff: lesson.PowerOff}

// errLivesOn ends a script that wanted the guest to end.
var errLivesOn = errors.New("the guest lives on")

// lastWord is what a guest says of itself at the end.
type lastWord struct{ taint uint64 }

// Look returns the names of what is there, which modules may leave behind.
func (b *guest) Look(ctx context.Context) (lesson.Step, []string, error) {
	var files map[string]string
	step, err := b.step(ctx, func(ctx context.Context) (answer vm.Answer, err error) {
		answer, files, err = b.vm.Look(ctx, leftover.Watched()...)
		return answer, err
	})
	if err != nil {
		return step, nil, err
	}
	b.looked = true
	names, err := leftover.Names(files)
	return step, names, err
}

// Settle returns what was printed since the last step. It is the guest's last
// word, but for what it says of leaks.
func (b *guest) Settle(ctx context.Context) (lesson.Step, error) {
	if err := b.scan(ctx); err != nil {
		return lesson.Step{}, err
	}
	step, err := b.step(ctx, b.vm.LastWord)
	if err != nil {
		return step, err
	}
	if step.Errno != 0 {
		return step, fmt.Errorf("the kernel does not tell how it is tainted: %w", step.Errno)
	}
	taint, err := strconv.ParseUint(strings.TrimSpace(step.Output), 10, 64)
	if err != nil {
		return step, fmt.Errorf("the kernel does not tell how it is tainted: %w", err)
	}
	b.last = &lastWord{taint}
	return step, nil
}

// hear has the guest say its last word, unless it has, has ended as it should, or
// is lost. A guest that does not say it has not passed.
func (b *guest) hear(ctx context.Context, o *lesson.Outcome) {
	if b.last != nil || o.Err != nil || o.Ended != "" {
		return
	}
	if _, err := b.Settle(ctx); err != nil {
		o.Finished, o.Err = false, err
	}
}

// Loaded tells whether a module is in /proc/modules.
func (b *guest) Loaded(ctx context.Context, name string) (bool, error) {
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
func (b *guest) ReadFile(ctx context.Context, path string) ([]byte, error) {
	step, err := b.Read(ctx, path)
	return []byte(step.Output), refusal("read", path, step, err)
}

// WriteFile writes a file of the guest that is there. The guest's refusal is an
// errno.
func (b *guest) WriteFile(ctx context.Context, path string, data []byte) error {
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
func (b *guest) Has(condition string) (bool, error) {
	if n, ok := strings.CutPrefix(condition, "cpus:"); ok {
		want, err := strconv.Atoi(n)
		return err == nil && b.vm.Hello.CPUs >= want, err
	}
	return b.column.conditions.Has(condition)
}

func (b *guest) step(ctx context.Context, act func(context.Context) (vm.Answer, error)) (lesson.Step, error) {
	kept := b.vm.Watch()
	if b.waits != nil {
		kept, b.waits = b.waits, nil
	}
	answer, err := act(ctx)
	if err != nil {
		return lesson.Step{}, err
	}
	answer.Records = b.excuse(answer.Records, kept)
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

func (b *guest) keep(answer vm.Answer) {
	b.lost += answer.Lost
	b.records = append(b.records, answer.Records...)
	for range splat.Find(kmsg.Lines(answer.Records)) {
		b.trouble = cmp.Or(b.trouble, b.current)
		break
	}
}

// lines returns the lines of records.
func lines(records []kmsg.Record) []string {
	var all []string
	for line := range kmsg.Lines(records) {
		all = append(all, line.Text)
	}
	return all
}
