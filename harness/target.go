// SPDX-License-Identifier: GPL-2.0-only

// Package harness holds the bodies of the mage targets: flags in, one run,
// exit status out.
package harness

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"golang.org/x/term"

	"kmodlab/harness/internal/coverage"
	"kmodlab/harness/internal/emulator"
	"kmodlab/harness/internal/host"
	"kmodlab/harness/internal/matrix"
	"kmodlab/harness/internal/report"
	"kmodlab/harness/internal/vm"
	"kmodlab/internal/cache"
	"kmodlab/internal/fault"
	"kmodlab/internal/kernel"
	"kmodlab/internal/step"
	"kmodlab/vmimages"
)

// Flags are the options of the targets; empty ones stand for the default.
type Flags struct {
	Kernel  string // "6.12", ">=6.12", "all", "every", "6.12.113+deb13": see [vmimages.Catalogue.Select]; "host" is the one that this machine runs
	Flavour string // "rt", "cloud,rt", "all"
	Arch    string // "arm64", "all"
	KDir    string // folder of a kernel of the user's own: a built tree, or headers
	Image   string // its image; "" for the one in KDir
	QEMU    string // own, host or a path: see [emulator.Chosen]
	Args    string // what is added to the kernels' command lines: see [vm.KernelArgs]
	Lesson  string // "notify,order"
	Run     string // regular expression that matches LESSON/CASE
	Shard   string // "2/5": the second of five parts
	Update  bool   // rewrite expected logs
	Locked  bool   // never choose another kernel than the pinned one
	Long    bool   // run the long ones of the Go tests, too
	Strict  *bool  // a case that the kernel remarks on fails; nil where nobody said so

	Cover    bool // tell which lines of the modules were run
	CoverMin int  // likewise, and in how many percent there have to be
}

// strict tells whether a case that the kernel remarks on fails.
func (f Flags) strict() bool { return f.Strict != nil && *f.Strict }

// argsFlag is what [Flags.Args] is called on a command line.
const argsFlag = "-kernel-args"

// lab is what every target works with.
type lab struct {
	home      Home
	out       string
	view      *report.Terminal
	cache     *cache.Cache
	catalogue *vmimages.Catalogue
	provider  *vmimages.Archive
	qemu      emulator.Choice
	locked    bool
	args      []string      // what is added to the kernels' command lines
	again     string        // what the command to run a case again has to have, too
	coverage  *coverage.Run // what the run measured; nil when nobody asked
	atLeast   int           // percent of the lines have to be run
}

// open sets up a lab that reports to w. The returned context carries the view.
func (h Home) open(ctx context.Context, w io.Writer, f Flags) (context.Context, *lab, error) {
	l := &lab{home: h, out: h.Out, view: terminal(w), locked: f.Locked}
	if f.QEMU != "" {
		l.again = " -qemu=" + word(f.QEMU)
	}
	var err error
	if l.args, err = vm.KernelArgs(argsFlag, f.Args); err != nil {
		return nil, nil, err
	}
	if len(l.args) > 0 {
		l.again += " " + argsFlag + "=" + word(strings.Join(l.args, " "))
	}
	ctx = step.With(ctx, l.view.Listen)
	context.AfterFunc(ctx, l.view.Close) // cases that are interrupted have no end
	if l.cache, err = cache.Open(); err != nil {
		return nil, nil, err
	}
	if l.catalogue, err = vmimages.Load(); err != nil {
		return nil, nil, err
	}
	lock, err := vmimages.LoadLock()
	if err != nil {
		return nil, nil, err
	}
	l.provider = vmimages.NewArchive(l.cache, l.catalogue, lock, f.Locked)
	l.qemu, err = emulator.Chosen(f.QEMU, "")
	return ctx, l, err
}

// terminal returns a view of w that is live when w is a terminal that can move
// its cursor.
func terminal(w io.Writer) *report.Terminal {
	f, ok := w.(*os.File)
	if !ok || !term.IsTerminal(int(f.Fd())) || os.Getenv("TERM") == "dumb" || os.Getenv("CI") != "" {
		return report.NewTerminal(w, false, 0)
	}
	width, _, err := term.GetSize(int(f.Fd()))
	if err != nil {
		width = 80
	}
	return report.NewTerminal(w, true, width)
}

// runner returns a runner for the kernels, with everything on the host that
// they need.
func (l *lab) runner(ctx context.Context, kernels []kernel.Source, view matrix.View, update bool) (*matrix.Runner, error) {
	var arches []string // whose QEMU this machine has to have
	for _, k := range kernels {
		arches = append(arches, k.Arch)
	}
	if l.qemu != emulator.Host {
		arches = nil
	}
	if err := host.Ensure(ctx, host.Needs(arches...)); err != nil {
		return nil, err
	}
	history, err := l.history(ctx)
	if err != nil {
		return nil, err
	}
	return &matrix.Runner{Cache: l.cache, History: history, Root: l.home.Sources, Kmod: l.home.Lessons, Out: l.out, Update: update, View: view, QEMU: l.emulator, KernelArgs: l.args, Again: l.again}, nil
}

// emulator returns what VMs of arch run in.
func (l *lab) emulator(ctx context.Context, arch string) (vm.QEMU, error) {
	return l.qemu.Find(ctx, l.provider, arch, l.locked)
}

// Status is the error of a run that went to its end and whose outcome is not
// all well; mage ends with it.
type Status struct {
	Code    int
	Message string
}

// Error returns the message.
func (s Status) Error() string { return s.Message }

// ExitStatus tells mage how to exit.
func (s Status) ExitStatus() int { return s.Code }

// status makes of err what mage exits with.
func status(err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, context.Canceled):
		return interrupted()
	}
	return Status{fault.Exit(err), err.Error()}
}

// interrupted is how a run ends that was cancelled.
func interrupted() error {
	return failed(fault.ExitHarness, "interrupted; the cache and the results of the run before stay valid")
}

// ended is status for what a person may have interrupted.
func ended(ctx context.Context, err error) error {
	if err != nil && ctx.Err() != nil {
		return interrupted()
	}
	return status(err)
}

func failed(code int, format string, args ...any) error {
	return Status{code, fmt.Sprintf(format, args...)}
}
