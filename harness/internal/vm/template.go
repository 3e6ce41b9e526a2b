// SPDX-License-Identifier: GPL-2.0-only

package vm

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"time"

	"kmodlab/harness/internal/kmsg"
	"kmodlab/internal/cache"
	"kmodlab/internal/fault"
	"kmodlab/internal/step"
	"kmodlab/internal/wire"
)

// The files of a template's cache entry.
const (
	ramFile   = "ram"   // the guest's memory, a sparse file
	stateName = "state" // the state of CPUs and devices, as QEMU writes it
	metaFile  = "template.json"
)

// Template is a VM frozen when its agent was ready. Every case gets a copy of
// it, in a twentieth of the time of a boot and with memory that is copied on
// write.
type Template struct {
	machine Machine
	dir     string // empty: there is no frozen VM, Clone boots
	meta    meta

	cache   *cache.Cache // from which it is made again, if need be; nil while it is being made
	mu      sync.Mutex   // guards dir, meta and renewed
	renewed bool
}

// meta is what has to be known of a frozen VM besides its memory and state.
type meta struct {
	Hello   wire.Hello
	Records []kmsg.Record // logged before it was frozen
	Console string        // shown before it was frozen
	Shell   uint64        // the order that runs the shell; 0 when there is none
	RAM     sum
	State   sum
}

// Freeze returns the template of m out of the cache. What is not there is
// made, by booting m once; what is there and damaged is noted, thrown away and
// made again. Where QEMU cannot freeze, the template's clones are booted one
// by one, and a note says so. The error is that of [Boot].
func Freeze(ctx context.Context, c *cache.Cache, m Machine) (*Template, error) {
	m = m.withDefaults()
	if names := m.melting(); len(names) > 0 {
		return m.unfrozen(ctx, &cannotFreeze{"freeze them", fmt.Errorf("it does not keep the state of %s", strings.Join(names, ", "))}), nil
	}
	in, err := m.frozenInputs()
	if err != nil {
		return nil, err
	}
	if dir, ok := c.Lookup(in.Kind(), in.Key()); ok {
		t, err := openTemplate(m, dir)
		if err == nil {
			c.Used(in.Kind(), in.Key())
			t.cache = c
			return t, nil
		}
		step.Note(ctx, "the frozen VM of %s is damaged and is made again: %v", m.Kernel.Release, err)
		if err := c.Evict(ctx, in.Kind(), in.Key()); err != nil {
			return nil, err
		}
	}
	dir, err := c.Dir(ctx, in, func(ctx context.Context, tmp string) error {
		s := step.Start(ctx, "boot and freeze %s", m.Kernel.Release)
		return s.End(m.freezeTwice(ctx, tmp))
	})
	var cannot *cannotFreeze
	switch {
	case errors.As(err, &cannot):
		return m.unfrozen(ctx, cannot), nil
	case err != nil:
		return nil, err
	}
	c.Prune(ctx, kindTemplate)
	t, err := openTemplate(m, dir)
	if err == nil {
		t.cache = c
	}
	return t, err
}

// unfrozen is a template whose clones are booted, and says so.
func (m Machine) unfrozen(ctx context.Context, why *cannotFreeze) *Template {
	step.Note(ctx, "VMs of %s are booted one by one, which is slower, since %s cannot %v", m.Kernel.Release, m.QEMU.Version, why)
	return &Template{machine: m}
}

// cannotFreeze is QEMU's refusal to write a VM down, or to make a running one
// of what it wrote.
type cannotFreeze struct {
	what string // "freeze them"
	err  error
}

func (e *cannotFreeze) Error() string {
	return e.what + ": " + strings.ReplaceAll(e.err.Error(), "\n", "; ") // it goes into a note
}

func (e *cannotFreeze) Unwrap() error { return e.err }

// freezeTwice makes a frozen VM in the folder dir. A boot that fails is tried
// once more: emulators have been seen to crash a kernel now and then, and that
// must not cost a whole run.
func (m Machine) freezeTwice(ctx context.Context, dir string) error {
	err := m.freeze(ctx, dir)
	if fault.Of(err) != fault.Boot || ctx.Err() != nil {
		return err
	}
	step.Note(ctx, "%s did not boot and is booted again: %v", m.Kernel.Release, err)
	return m.freeze(ctx, dir)
}

// freeze boots m with its memory in a file, writes down its state, and makes
// sure that a clone of it runs.
func (m Machine) freeze(ctx context.Context, dir string) error {
	ram, state := filepath.Join(dir, ramFile), filepath.Join(dir, stateName)
	for _, path := range []string{ram, state} {
		if err := os.RemoveAll(path); err != nil { // of the first attempt
			return err
		}
	}
	v, err := launch(ctx, m, m.bootArgs(ram), nil)
	if err != nil {
		return err
	}
	defer v.Close()
	if _, err := v.started(ctx); err != nil {
		return v.orNoRoom(err)
	}
	shell, err := v.prepare(ctx)
	if err != nil {
		return v.orNoRoom(err)
	}
	if err := v.writeState(ctx, state); err != nil {
		return v.orNoRoom(err)
	}
	if err := digHoles(ram); err != nil {
		return err
	}
	if err := v.writeMeta(dir, shell); err != nil {
		return err
	}
	v.Close()
	return m.tryClone(ctx, dir)
}

// prepare does before the freezing what clones are not to wait for, and returns
// the order of the shell that it left waiting; 0 if none was asked for.
func (v *VM) prepare(ctx context.Context) (shell uint64, err error) {
	ctx, cancel := v.allow(ctx, 30*time.Second)
	defer cancel()
	if err := v.warm(ctx); err != nil || !v.machine.Shell {
		return 0, err
	}
	return v.openShell(ctx)
}

// writeMeta writes down what has to be known of the frozen VM in dir.
func (v *VM) writeMeta(dir string, shell uint64) error {
	meta := meta{Hello: v.Hello, Console: v.Console(), Shell: shell}
	meta.Records, _ = v.link.log()
	var err error
	if meta.RAM, err = sumFile(filepath.Join(dir, ramFile)); err != nil {
		return err
	}
	if meta.State, err = sumFile(filepath.Join(dir, stateName)); err != nil {
		return err
	}
	text, err := json.MarshalIndent(meta, "", " ")
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(dir, metaFile), text, 0o644)
}

// orNoRoom returns err, the failure of a VM whose memory is a file, or that
// the disk is full: QEMU learns of that by a SIGBUS when it touches a page
// that the file cannot get (mmap(2)).
func (v *VM) orNoRoom(err error) error {
	v.end()
	status, ok := v.proc.cmd.ProcessState.Sys().(syscall.WaitStatus)
	if ok && status.Signaled() && status.Signal() == syscall.SIGBUS {
		return fmt.Errorf("the VM's memory, a file of %d MiB: %w", v.machine.MemoryMiB, syscall.ENOSPC)
	}
	return err
}

// tryClone clones the frozen VM in dir once: a QEMU that writes down what it
// cannot read must not cost every case.
func (m Machine) tryClone(ctx context.Context, dir string) error {
	t, err := openTemplate(m, dir)
	if err != nil {
		return err
	}
	v, err := t.Clone(ctx)
	switch {
	case ctx.Err() != nil:
		return context.Cause(ctx)
	case err != nil:
		return &cannotFreeze{"clone them", cause(err)}
	}
	v.Close()
	return nil
}

// writeState has QEMU write its state into the file path.
func (v *VM) writeState(ctx context.Context, path string) error {
	ctx, cancel := v.allow(ctx, 30*time.Second)
	defer cancel()
	// Through a pipe: QEMU may not start programs, and wants to be told of a
	// plain file in another way, differently in different versions.
	r, w, err := os.Pipe()
	if err != nil {
		return err
	}
	defer r.Close()
	if err := v.migrate(ctx, w); err != nil {
		w.Close()
		return &cannotFreeze{"freeze them", err}
	}
	w.Close()
	copied := make(chan error, 1)
	go func() {
		copied <- copyToFile(path, r)
		r.Close() // so that QEMU does not wait for us to read what we cannot keep
	}()
	if err := v.migrated(ctx); err != nil {
		select {
		case failed := <-copied:
			if failed != nil {
				return failed // of the disk, not of QEMU
			}
		default:
		}
		return &cannotFreeze{"freeze them", err}
	}
	v.qmp.send("quit", nil) // the state is complete when QEMU has closed its end
	select {
	case err := <-copied:
		return err
	case <-ctx.Done():
		return &cannotFreeze{"freeze them", context.Cause(ctx)}
	}
}

// warm does once what a case does: what that brings into memory, no clone has
// to. Nothing of it prints a line: the module is too short to be looked at, the
// one to remove is not there.
func (v *VM) warm(ctx context.Context) error {
	aModule := make([]byte, 64<<10)
	for _, order := range []func() (Answer, error){
		func() (Answer, error) { return v.Run(ctx, nil, "true") },
		func() (Answer, error) { return v.List(ctx) },
		func() (Answer, error) { return v.WriteFile(ctx, "/dev/null", aModule, 0o600) },
		func() (Answer, error) { return v.Insert(ctx, nil, string(aModule)) },
		func() (Answer, error) { return v.Remove(ctx, "nothing") },
		func() (Answer, error) { return v.ReadFile(ctx, taintFile) },
	} {
		if _, err := order(); err != nil {
			return err
		}
	}
	return nil
}

// migrate tells QEMU to stop the guest and to write its state to w.
func (v *VM) migrate(ctx context.Context, w *os.File) error {
	type object = map[string]any
	if _, err := v.qmp.do(ctx, "migrate-set-capabilities", object{"capabilities": []object{
		{"capability": "x-ignore-shared", "state": true}, // memory stays in its file
		{"capability": "events", "state": true},
	}}); err != nil {
		return err
	}
	if _, err := v.qmp.do(ctx, "getfd", object{"fdname": "state"}, int(w.Fd())); err != nil {
		return err
	}
	_, err := v.qmp.do(ctx, "migrate", object{"uri": "fd:state"})
	return err
}

// migrated waits for the end of what migrate began.
func (v *VM) migrated(ctx context.Context) error {
	var status struct{ Status string }
	_, err := v.wait(ctx, "freezing", func(e Event) bool {
		return e.Name == "MIGRATION" && json.Unmarshal(e.Data, &status) == nil && (status.Status == "completed" || status.Status == "failed")
	})
	if err == nil && status.Status == "failed" {
		info, _ := v.qmp.do(ctx, "query-migrate", nil)
		err = fmt.Errorf("QEMU says %s", info)
	}
	return err
}
