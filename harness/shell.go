// SPDX-License-Identifier: GPL-2.0-only

package harness

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"os/signal"
	"path"
	"slices"
	"syscall"

	"golang.org/x/term"

	"kmodlab/harness/internal/matrix"
	"kmodlab/harness/internal/vm"
	"kmodlab/internal/fault"
	"kmodlab/internal/kernel"
)

// modulesFolder is where a shell finds the modules; it begins there.
const modulesFolder = "/modules"

// Shell gives the person at the terminal a u-root shell in a clone, with all
// modules at hand.
func (h Home) Shell(ctx context.Context, w io.Writer, f Flags) error {
	fd := int(os.Stdin.Fd())
	if !term.IsTerminal(fd) {
		return status(&fault.Error{Owner: fault.Usage, What: "a shell needs a terminal", Where: "standard input"})
	}
	// A terminal that goes away, or somebody who ends us, ends the VM as well.
	ctx, stop := signal.NotifyContext(ctx, syscall.SIGHUP, syscall.SIGTERM)
	defer stop()
	ctx, l, err := h.open(ctx, w, f)
	if err != nil {
		return status(err)
	}
	v, err := l.cloneWithModules(ctx, f)
	if err != nil {
		return ended(ctx, err)
	}
	defer v.Close()
	l.view.Printf("%s, modules in %s: insmod buildchain.ko; dmesg -w follows the log\nleave with exit or Ctrl-D; with Ctrl-] when the kernel hangs\n", v.Hello.Release, modulesFolder)
	old, err := term.MakeRaw(fd)
	if err != nil {
		return status(&fault.Error{Owner: fault.Host, What: "cannot pass on what is typed", Where: "standard input", Err: err})
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	err = v.Shell(ctx, os.Stdin, os.Stdout, sizes(ctx, int(os.Stdout.Fd())))
	term.Restore(fd, old)
	return l.afterShell(v, err)
}

// afterShell says what became of a VM whose shell did not end by itself. That
// a kernel goes down is no failure of a shell: it is there to try things.
func (l *lab) afterShell(v *vm.VM, err error) error {
	lost, ok := errors.AsType[*vm.Lost](err)
	if !ok || lost.Kind != vm.LostExited {
		return status(err)
	}
	switch fate := v.Close(); fate.How {
	case vm.Panicked, vm.Reset, vm.PowerOff:
		l.view.Printf("\nthe VM has ended: %s\n", fate.How)
		return nil
	}
	return status(err)
}

// prepare returns a runner for the one kernel that the flags name, which
// builds only those folders of modules, and what its cases need.
func (l *lab) prepare(ctx context.Context, f Flags, view matrix.View, only ...string) (*matrix.Runner, *matrix.Target, error) {
	source, err := l.kernel(ctx, f)
	if err != nil {
		return nil, nil, err
	}
	runner, err := l.runner(ctx, []kernel.Source{source}, view, false)
	if err != nil {
		return nil, nil, err
	}
	runner.Only = only
	col, err := runner.Prepare(ctx, source)
	return runner, col, err
}

// cloneWithModules returns a clone that has all modules.
func (l *lab) cloneWithModules(ctx context.Context, f Flags) (*vm.VM, error) {
	runner, col, err := l.prepare(ctx, f, brief{l.view})
	if err != nil {
		return nil, err
	}
	broken := col.Broken()
	for _, folder := range slices.Sorted(maps.Keys(broken)) {
		l.view.Printf("note: without %s: %v\n", folder, broken[folder])
	}
	col.WithShell()
	v, err := runner.Clone(ctx, col)
	if err != nil {
		return nil, err
	}
	if err := putModules(ctx, v, col.Modules()); err != nil {
		v.Close()
		return nil, err
	}
	return v, nil
}

// putModules copies the modules, paths by name, into the guest.
func putModules(ctx context.Context, v *vm.VM, modules map[string]string) error {
	files := map[string][]byte{}
	for name, ko := range modules {
		text, err := os.ReadFile(ko)
		if err != nil {
			return err
		}
		files[path.Join(modulesFolder, name+".ko")] = text
	}
	ans, err := v.WriteFiles(ctx, files, 0o644)
	if err == nil && ans.Errno != 0 {
		err = fmt.Errorf("%s: %w", ans.Output, ans.Errno)
	}
	if err != nil {
		return fmt.Errorf("copy the modules into the guest: %w", err)
	}
	return nil
}

// sizes gives the size of the terminal fd, and each new one until ctx is over.
func sizes(ctx context.Context, fd int) <-chan vm.Size {
	out := make(chan vm.Size)
	changes := make(chan os.Signal, 1)
	signal.Notify(changes, syscall.SIGWINCH)
	go func() {
		defer signal.Stop(changes)
		for {
			columns, rows, err := term.GetSize(fd)
			if err != nil || rows == 0 || columns == 0 { // some terminals do not know
				rows, columns = 24, 80
			}
			select {
			case out <- vm.Size{Rows: rows, Columns: columns}:
			case <-ctx.Done():
				return
			}
			select {
			case <-changes:
			case <-ctx.Done():
				return
			}
		}
	}()
	return out
}
