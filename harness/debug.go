// SPDX-License-Identifier: GPL-2.0-only

package harness

import (
	"context"
	"errors"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"slices"
	"syscall"
	"time"

	"golang.org/x/term"

	"kmodlab/harness/internal/gdb"
	"kmodlab/harness/internal/lesson"
	"kmodlab/harness/internal/matrix"
	"kmodlab/harness/internal/report"
	"kmodlab/harness/internal/verdict"
	"kmodlab/harness/internal/vm"
	"kmodlab/internal/fault"
	"kmodlab/internal/step"
)

// Debug runs a case under gdb, which has it stand at the init function of the
// lesson's module. Where standard input is no terminal, gdb prints a backtrace
// and goes on.
func (h Home) Debug(ctx context.Context, w io.Writer, f Flags) error {
	ctx, stop := signal.NotifyContext(ctx, syscall.SIGHUP, syscall.SIGTERM)
	defer stop()
	ctx, l, err := h.open(ctx, w, f)
	if err != nil {
		return status(err)
	}
	program, err := gdb.Find()
	if err != nil {
		return status(err)
	}
	found, err := l.lesson(f)
	if err != nil {
		return status(err)
	}
	c := found.Cases[0]
	runner, col, err := l.prepare(ctx, f, loud{l.view}, needs(found)...)
	if err != nil {
		return ended(ctx, err)
	}
	work, remove, err := l.cache.Temp(ctx, "debug")
	if err != nil {
		return status(err)
	}
	defer remove()
	session, err := l.session(ctx, runner, col, c, work)
	if err != nil {
		return ended(ctx, err)
	}
	session.Socket = filepath.Join(work, "gdb")
	session.Batch = !term.IsTerminal(int(os.Stdin.Fd()))
	session.Plain = session.Batch || os.Getenv("NO_COLOR") != ""
	record, err := debugCase(ctx, w, runner, col, c, session, program, work)
	if err != nil {
		return ended(ctx, err)
	}
	report.Failures(w, []verdict.Record{record}, l.home.outName())
	return l.close(verdict.Run{Records: []verdict.Record{record}}.Judge())
}

// session finds out what gdb has to know of the kernel and the module.
func (l *lab) session(ctx context.Context, runner *matrix.Runner, col *matrix.Target, c lesson.Case, work string) (gdb.Session, error) {
	var s gdb.Session
	if arch := col.Kernel().Arch; arch != "amd64" {
		return s, &fault.Error{Owner: fault.Usage, What: "modules for " + arch + " cannot be debugged yet", Where: "-arch"}
	}
	name := c.Lesson
	if !slices.Contains(c.Modules, name) && len(c.Modules) > 0 {
		name = c.Modules[0]
	}
	ko, debug, err := col.Module(name)
	if err != nil {
		return s, err
	}
	if s.Symbols, err = l.symbols(ctx, runner, col); err != nil {
		return s, err
	}
	s.Module, err = gdb.ReadModule(name, ko, debug, filepath.Join(l.home.Lessons, name), work)
	return s, err
}

// symbols returns the path of the kernel's symbols. They are asked of a clone,
// once.
func (l *lab) symbols(ctx context.Context, runner *matrix.Runner, col *matrix.Target) (string, error) {
	const name = "symbols.elf"
	dir, err := l.cache.Dir(ctx, symbolsInputs(col.Kernel()), func(ctx context.Context, tmp string) error {
		s := step.Start(ctx, "ask %s for its symbols (once)", col.Kernel().Release)
		v, err := runner.Clone(ctx, col)
		if err != nil {
			return s.End(err)
		}
		defer v.Close()
		answer, err := v.Kallsyms(ctx)
		if err == nil {
			err = gdb.WriteSymbols(filepath.Join(tmp, name), answer)
		}
		return s.End(err)
	})
	return filepath.Join(dir, name), err
}

// errLeft ends a case that stands still without its debugger.
var errLeft = errors.New("gdb was left")

// debugCase runs the case and, once its VM is up, gdb beside it. It returns
// when both have ended: a person may look around when the case is over, and a
// case goes on when gdb has let it go.
func debugCase(ctx context.Context, w io.Writer, runner *matrix.Runner, col *matrix.Target, c lesson.Case, s gdb.Session, program, work string) (verdict.Record, error) {
	const patience = time.Minute // with a case whose debugger has let it go
	ctx, leave := context.WithCancelCause(ctx)
	defer leave(nil)
	ended := make(chan error, 1)
	runner.Limit = 24 * time.Hour // a person thinks
	runner.Attend = func(_ context.Context, v *vm.VM) error {
		attached, gone := context.WithCancelCause(ctx)
		go func() {
			ended <- s.Run(ctx, w, program, work)
			gone(errLeft)
			time.AfterFunc(patience, func() { leave(errLeft) })
		}()
		return v.Paused(attached) // from now on gdb says when the guest goes on
	}
	col.Debuggable(s.Socket)
	record := runner.Case(ctx, col, c)
	if record.VM == "" {
		return record, nil // no VM, no gdb
	}
	return record, <-ended
}
