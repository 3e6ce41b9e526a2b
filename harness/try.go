// SPDX-License-Identifier: GPL-2.0-only

package harness

import (
	"context"
	"errors"
	"io"
	"path/filepath"
	"time"

	"kmodlab/harness/internal/emulator"
	"kmodlab/harness/internal/lesson"
	"kmodlab/harness/internal/project"
	"kmodlab/harness/internal/report"
	"kmodlab/harness/internal/verdict"
	"kmodlab/internal/fault"
	"kmodlab/internal/step"
)

// TryFlags are the options of Try and of Project.
type TryFlags struct {
	Flags
	Dir    string // the folder of the modules
	Params string // their parameters: "MODULE:a=1 b=2;MODULE:c=3"
	Device string // what VMs are given to drive: "edu,nvme"
}

// Try builds a folder of modules that is not the project's for every kernel
// that the flags name, inserts and removes its modules, or runs the scripts
// beside them, and shows what the kernels printed.
func (h Home) Try(ctx context.Context, w io.Writer, f TryFlags) error {
	if f.Dir == "" {
		return status(&fault.Error{Owner: fault.Usage, What: "there is nothing to try", Where: "-dir", Hint: fault.Command("try -dir=FOLDER") + ", the folder of a module's sources"})
	}
	return h.try(ctx, w, f, &project.Project{Root: f.Dir})
}

// Project does that with the repository of modules around the folder of the flags,
// or the current one, as its kmodlab.toml wants it. What the flags say goes before.
func (h Home) Project(ctx context.Context, w io.Writer, f TryFlags) error {
	f.Dir = or(f.Dir, h.Dir)
	p, err := project.Find(f.Dir, time.Now())
	if err != nil {
		return status(err)
	}
	f.Flags = f.before(p)
	return h.try(ctx, w, f, p)
}

// before returns the flags with what the project wants where they say nothing.
func (f Flags) before(p *project.Project) Flags {
	if f.KDir == "" && f.Image == "" {
		f.Kernel = or(f.Kernel, project.List(p.Kernels))
	}
	f.Flavour, f.Arch = or(f.Flavour, project.List(p.Flavours)), or(f.Arch, project.List(p.Arches))
	if f.Strict == nil {
		f.Strict = &p.Strict
	}
	return f
}

func (h Home) try(ctx context.Context, w io.Writer, f TryFlags, p *project.Project) error {
	trials, err := trialsOf(p, f.Params, h.Out)
	if err != nil {
		return status(err)
	}
	if p.Devices, err = devicesOf(p, f.Device); err != nil {
		return status(err)
	}
	if f.Args, err = argsOf(p, f.Args); err != nil {
		return status(err)
	}
	ctx, l, err := h.open(ctx, w, f.Flags)
	if err != nil {
		return status(err)
	}
	if p.Mirror != "" {
		l.provider.UseMirror(p.Mirror)
	}
	if l.qemu, err = emulator.Chosen(f.QEMU, p.QEMU); err != nil {
		return status(err)
	}
	j, err := l.tryAll(ctx, f, p, trials)
	if err != nil {
		return err
	}
	l.view.Printf("\n")
	report.Table(w, j)
	report.Failures(w, j.Records, l.home.outName())
	l.news(j.Changes)
	return l.conclude(w, j)
}

// tryAll tries folder after folder, and judges all of it.
func (l *lab) tryAll(ctx context.Context, f TryFlags, p *project.Project, trials []trial) (verdict.Judgement, error) {
	var none verdict.Judgement
	kernels, err := l.kernels(ctx, f.Flags)
	if err != nil {
		return none, status(err)
	}
	along, err := alongFor(p, kernels)
	if err != nil {
		return none, status(err)
	}
	known := filepath.Join(l.out, knownFile)
	past, err := verdict.Read(known)
	if err != nil {
		step.Note(ctx, "nothing is known of earlier runs: %v", err)
	}
	tested, judge := l.commitOf(ctx, p.Root), l.commit(ctx)
	run := verdict.Run{Past: past}
	var scripts []lesson.Case
	for _, t := range trials {
		records, err := l.tryOne(ctx, f, p, t, along, kernels)
		if ctx.Err() != nil {
			return none, interrupted()
		}
		if err != nil && len(records) == 0 {
			return none, status(err)
		}
		for i := range records {
			records[i].Kmodlab = judge
		}
		run.Records, scripts = append(run.Records, of(tested, records)...), append(scripts, t.scripts...)
	}
	// Only where somebody wrote a script can it say what went away.
	run.Gone = gone([]lesson.Lesson{{Cases: scripts}})
	j := run.Judge()
	return j, status(errors.Join(j.Write(filepath.Join(l.out, resultsFile)), verdict.Write(known, verdict.Known(past, j.Records))))
}
