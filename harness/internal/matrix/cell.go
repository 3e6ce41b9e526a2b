// SPDX-License-Identifier: GPL-2.0-only

package matrix

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"kmodlab/harness/internal/kbuild"
	"kmodlab/harness/internal/lesson"
	"kmodlab/harness/internal/vm"
	"kmodlab/internal/cache"
	"kmodlab/internal/fault"
	"kmodlab/internal/kernel"
	"kmodlab/vmimages"
)

// Column is one kernel with everything its cases need.
type Target struct {
	source      kernel.Source
	kernel      *kernel.Kernel
	conditions  *kernel.Conditions
	modules     *kbuild.Modules
	buildError  error                      // nothing builds
	unsupported *kbuild.Unsupported        // the modules are not for this kernel
	hints       map[*kbuild.Error][]string // what errors of the build come of
	machine     vm.Machine
	counters    []byte // the module that reads counters, where they are to be read

	mu          sync.Mutex
	templates   map[int]*vm.Template // by number of CPUs
	toldUnknown bool                 // that the kernel does not know a word of its command line
}

// Prepare gets the kernel, builds the modules for it and describes
// its machine. A build error is no error here: it is the verdict of the cases.
func (r *Runner) Prepare(ctx context.Context, source kernel.Source) (*Target, error) {
	r.defaults()
	k, err := source.Get(ctx)
	if err != nil {
		return nil, err
	}
	col := &Target{source: source, kernel: k, templates: map[int]*vm.Template{}}
	if col.conditions, err = kernel.NewConditions(k); err != nil {
		return nil, err
	}
	if err := r.Rebuild(ctx, col); err != nil {
		return nil, err
	}
	if err := r.readyToCount(ctx, col); err != nil {
		return nil, err
	}
	if r.Build != nil && col.modules == nil {
		return col, nil // there is nothing to boot it for
	}
	image, err := vmimages.Initramfs(ctx, r.Cache, r.Root, k)
	if err != nil {
		return nil, err
	}
	col.machine, err = r.emulated(ctx, vm.Machine{Kernel: k, Initramfs: image.Path, InitramfsKey: image.Key})
	col.machine.Devices, col.machine.KernelArgs = r.Devices, r.KernelArgs
	return col, err
}

// Rebuild builds the modules of col from the sources as they are now. A build
// error is no error here, as in [Runner.Prepare].
func (r *Runner) Rebuild(ctx context.Context, col *Target) error {
	build := r.Build
	if build == nil {
		build = func(ctx context.Context, k *kernel.Kernel) (*kbuild.Modules, error) {
			return kbuild.Build(ctx, r.Cache, k, r.Kmod, r.Only...)
		}
	}
	k, err := r.compiledFor(col.kernel)
	if err != nil {
		return err
	}
	modules, err := build(ctx, k)
	col.modules, col.buildError, col.unsupported = modules, nil, nil
	_, broken := errors.AsType[*kbuild.Error](err)
	switch {
	case broken || fault.Of(err) == fault.Build:
		col.buildError = err
	case !errors.As(err, &col.unsupported):
		return err
	}
	col.hints = map[*kbuild.Error][]string{}
	for _, err := range col.Broken() {
		if failed, ok := errors.AsType[*kbuild.Error](err); ok {
			col.hints[failed] = r.explainBuild(col.kernel, col.source.Name, failed)
		}
	}
	return nil
}

// emulator is how VMs of one architecture run on this machine.
type emulator struct {
	qemu  vm.QEMU
	accel vm.Accel
}

// emulated returns m with the emulator of its kernel's architecture, which is
// looked for once a run.
func (r *Runner) emulated(ctx context.Context, m vm.Machine) (vm.Machine, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	arch := m.Kernel.Arch
	if e, ok := r.emulators[arch]; ok {
		m.QEMU, m.Accel = e.qemu, e.accel
		return m, nil
	}
	var err error
	if m.QEMU, err = r.QEMU(ctx, arch); err != nil {
		return m, err
	}
	if m.Accel, err = vm.Choose(ctx, r.Cache, m); err != nil {
		return m, err
	}
	if r.emulators == nil {
		r.emulators = map[string]emulator{}
	}
	r.emulators[arch] = emulator{m.QEMU, m.Accel}
	return m, nil
}

// start returns a pristine VM with cpus CPUs, and how it was made: "clone" or
// "boot".
func (r *Runner) start(ctx context.Context, col *Target, cpus int) (*vm.VM, string, error) {
	template, err := col.template(ctx, r.Cache, cpus)
	if err != nil {
		return nil, "", err
	}
	how := "boot"
	if template.Frozen() {
		how = "clone"
	}
	v, err := template.Clone(ctx)
	return v, how, err
}

// Clone returns a pristine VM with one CPU for whatever is no case.
func (r *Runner) Clone(ctx context.Context, col *Target) (*vm.VM, error) {
	v, _, err := r.start(ctx, col, 1)
	return v, err
}

// template returns the frozen VM with cpus CPUs, made by the first case that
// wants it. One that could not be made is tried again by the next case.
func (col *Target) template(ctx context.Context, c *cache.Cache, cpus int) (*vm.Template, error) {
	col.mu.Lock()
	defer col.mu.Unlock()
	if t := col.templates[cpus]; t != nil {
		return t, nil
	}
	m := col.machine
	m.CPUs = cpus
	t, err := vm.Freeze(ctx, c, m)
	if err == nil {
		col.templates[cpus] = t
	}
	return t, err
}

// Machine returns the machine that cases with one CPU run on.
func (col *Target) Machine() vm.Machine { return col.machine }

// own returns the files, by name, of the kernel's own modules that the case
// inserts. What is not on this machine is fetched.
func (col *Target) own(ctx context.Context, c lesson.Case) (map[string]string, error) {
	var names []string
	for _, name := range c.Modules {
		if col.modules.Files[name] == "" {
			names = append(names, name)
		}
	}
	if len(names) == 0 {
		return nil, nil
	}
	return col.kernel.OwnModules(ctx, names...)
}

// Modules returns the modules that were built, by name, as paths of .ko files.
func (col *Target) Modules() map[string]string {
	if col.modules == nil {
		return nil
	}
	return col.modules.Files
}

// Broken returns why modules were not built, by the name of their folder; by
// "kmod" when none was.
func (col *Target) Broken() map[string]error {
	broken := map[string]error{}
	if col.buildError != nil {
		broken["kmod"] = col.buildError
	}
	if col.modules != nil {
		for folder, err := range col.modules.Broken {
			broken[folder] = err
		}
	}
	return broken
}

// Kernel returns the column's kernel.
func (col *Target) Kernel() *kernel.Kernel { return col.kernel }

// Module returns the paths of the module called name, without and with debug
// information, or why it cannot be had. The error is a [fault.Error].
func (col *Target) Module(name string) (ko, debug string, err error) {
	if col.buildError != nil {
		return "", "", col.buildError
	}
	if err := col.modules.Broken[name]; err != nil {
		return "", "", err
	}
	ko, ok := col.modules.Files[name]
	if !ok {
		return "", "", &fault.Error{Owner: fault.Module, What: fmt.Sprintf("there is no module %q for %s", name, col.kernel.Release)}
	}
	return ko, col.modules.Debug[name], nil
}

// WithShell has the VMs that are started from now on come with a shell that
// waits for keys.
func (col *Target) WithShell() {
	col.mu.Lock()
	defer col.mu.Unlock()
	col.machine.Shell = true
	clear(col.templates)
}

// Debuggable has QEMU wait for a debugger at the socket path, in the VMs that
// are started from now on.
func (col *Target) Debuggable(path string) {
	col.mu.Lock()
	defer col.mu.Unlock()
	col.machine.Debugger = path
	clear(col.templates)
}

// limit is how much of its own time a VM of col may live in a step. An emulator takes
// several times as long for a kernel that checks each access to memory.
func (r *Runner) limit(col *Target) (time.Duration, error) {
	const longer = 5
	checks, err := col.conditions.Has("config:KASAN")
	if err != nil || !checks {
		return r.Limit, err
	}
	return longer * r.Limit, nil
}
