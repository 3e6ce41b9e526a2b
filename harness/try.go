// SPDX-License-Identifier: GPL-2.0-only

package harness

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"kmodlab/harness/internal/foreign"
	"kmodlab/harness/internal/kbuild"
	"kmodlab/harness/internal/lesson"
	"kmodlab/harness/internal/report"
	"kmodlab/harness/internal/verdict"
	"kmodlab/internal/fault"
	"kmodlab/internal/kernel"
)

// TryFlags are the options of Try.
type TryFlags struct {
	Flags
	Dir    string // the folder of the modules
	Params string // their parameters: "MODULE:a=1 b=2;MODULE:c=3"
}

// Try builds a folder of modules that is not the project's for every kernel
// that the flags name, inserts and removes its modules, or runs the scripts
// beside them, and shows what the kernels printed.
func (h Home) Try(ctx context.Context, w io.Writer, f TryFlags) error {
	if f.Dir == "" {
		return status(&fault.Error{Owner: fault.Usage, What: "there is nothing to try", Where: "-dir", Hint: "go tool mage try -dir=FOLDER, the folder of a module's sources"})
	}
	folder, err := foreign.Read(f.Dir)
	if err != nil {
		return status(err)
	}
	params, err := foreign.ParseParams(f.Params)
	if err != nil {
		return status(err)
	}
	scripts, err := folder.Scripts()
	if err != nil {
		return status(err)
	}
	ctx, l, err := h.open(ctx, w, f.Locked)
	if err != nil {
		return status(err)
	}
	j, err := l.try(ctx, f, folder, scripts, params)
	if err != nil {
		return err
	}
	l.view.Printf("\n")
	report.Table(w, j)
	report.Failures(w, j.Records, l.home.outName())
	return l.conclude(w, j)
}

func (l *lab) try(ctx context.Context, f TryFlags, folder *foreign.Folder, scripts []lesson.Case, params foreign.Params) (verdict.Judgement, error) {
	var none verdict.Judgement
	kernels, err := l.kernels(ctx, f.Flags)
	if err != nil {
		return none, status(err)
	}
	runner, err := l.runner(ctx, kernels, newDigest(l.view, l.home.outName()), f.Update)
	if err != nil {
		return none, status(err)
	}
	runner.Build = func(ctx context.Context, k *kernel.Kernel) (*kbuild.Modules, error) {
		m, err := folder.Build(ctx, l.cache, k)
		return m, l.keepOutput(folder, k, err)
	}
	runner.Reproduce = func(source kernel.Source, _ lesson.Case) string {
		again := fmt.Sprintf("go tool mage try -dir=%s %s", f.Dir, source.Flags)
		if f.Params != "" {
			again += fmt.Sprintf(" -params=%q", f.Params)
		}
		return again
	}
	commit := l.commit(ctx)
	records, err := runner.RunBuilt(ctx, kernels, folder.Unbuilt(""), func(k *kernel.Kernel, m *kbuild.Modules) ([]lesson.Case, error) {
		if len(scripts) > 0 {
			return scripts, nil
		}
		return folder.Cases(filepath.Join(l.out, "scripts", k.Release), k, m, params)
	})
	if ctx.Err() != nil {
		return none, interrupted()
	}
	if err != nil && len(records) == 0 {
		return none, status(err)
	}
	// Only where somebody wrote a script can it say what went away.
	j := verdict.Run{Records: of(commit, records), Gone: gone([]lesson.Lesson{{Cases: scripts}})}.Judge()
	return j, status(j.Write(filepath.Join(l.out, resultsFile)))
}

// keepOutput keeps everything that a failed build printed beside the kernel
// logs, and returns err.
func (l *lab) keepOutput(folder *foreign.Folder, k *kernel.Kernel, err error) error {
	failed, ok := errors.AsType[*kbuild.Error](err)
	if !ok || failed.Output == "" {
		return err
	}
	name := filepath.Join(l.out, "logs", k.Release, folder.Name+"-build.log")
	writeErr := os.MkdirAll(filepath.Dir(name), 0o755)
	if writeErr == nil {
		writeErr = os.WriteFile(name, []byte(failed.Output), 0o644)
	}
	if writeErr != nil {
		return errors.Join(err, &fault.Error{Owner: fault.Host, What: "cannot keep the output of the build", Where: name, Err: writeErr})
	}
	l.view.Printf("all that make printed: %s\n", name)
	return err
}
