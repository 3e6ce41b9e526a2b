// SPDX-License-Identifier: GPL-2.0-only

package harness

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"mvdan.cc/sh/v3/syntax"

	"kmodlab/harness/internal/foreign"
	"kmodlab/harness/internal/kbuild"
	"kmodlab/harness/internal/lesson"
	"kmodlab/harness/internal/project"
	"kmodlab/harness/internal/verdict"
	"kmodlab/harness/internal/vm"
	"kmodlab/internal/fault"
	"kmodlab/internal/kernel"
)

// trial is a folder of modules that is tried.
type trial struct {
	dir     string // as the user named it
	folder  *foreign.Folder
	scripts []lesson.Case // instead of those that are made up; none when nobody wrote any
	params  foreign.Params
}

// trialsOf reads the folders of a project. params are those of the flags, which go
// before the project's; results is where results go.
func trialsOf(p *project.Project, params, results string) ([]trial, error) {
	given, err := foreign.ParseParams(params)
	if err != nil {
		return nil, err
	}
	for name, values := range p.Params {
		if _, ok := given[name]; !ok {
			given[name] = values
		}
	}
	files, err := p.ScriptFiles()
	if err != nil {
		return nil, err
	}
	var trials []trial
	for _, dir := range p.Dirs() {
		t := trial{dir: dir, params: given}
		if t.folder, err = foreign.Read(dir, results); err != nil {
			return nil, err
		}
		t.folder.First = p.Modules
		if t.scripts, err = t.folder.Scripts(files...); err != nil {
			return nil, err
		}
		trials = append(trials, t)
	}
	return trials, nil
}

// devicesOf returns what the VMs of a project are given to drive. What the flag says
// goes before.
func devicesOf(p *project.Project, flag string) ([]string, error) {
	if flag == "" {
		return p.Devices, vm.CheckDevices(filepath.Join(p.Root, project.File), p.Devices)
	}
	names := strings.Split(flag, ",")
	return names, vm.CheckDevices("-device", names)
}

// argsOf returns what is added to the command lines of a project's kernels. What the
// flag says goes before.
func argsOf(p *project.Project, flag string) (string, error) {
	if flag != "" {
		return flag, nil // it is looked at where all flags are
	}
	_, err := vm.KernelArgs(filepath.Join(p.Root, project.File), p.KernelArgs)
	return p.KernelArgs, err
}

// alongFor reads what goes along into the guests of the kernels.
func alongFor(p *project.Project, kernels []kernel.Source) ([]project.Along, error) {
	var arches []string
	for _, k := range kernels {
		arches = append(arches, k.Arch)
	}
	return p.ReadFiles(arches)
}

// takeAlong puts files into a guest.
func takeAlong(ctx context.Context, v *vm.VM, along []project.Along) error {
	byMode := map[fs.FileMode]map[string][]byte{}
	for _, f := range along {
		if byMode[f.Mode] == nil {
			byMode[f.Mode] = map[string][]byte{}
		}
		byMode[f.Mode][f.Path] = f.Data
	}
	for mode, files := range byMode {
		answer, err := v.WriteFiles(ctx, files, mode)
		if err == nil && answer.Errno != 0 {
			err = &fs.PathError{Op: "write", Path: string(answer.Output), Err: answer.Errno}
		}
		if err != nil {
			return fmt.Errorf("the guest does not take the project's files: %w", err)
		}
	}
	return nil
}

// tryOne builds a folder for the kernels and runs its cases.
func (l *lab) tryOne(ctx context.Context, f TryFlags, p *project.Project, t trial, along []project.Along, kernels []kernel.Source) ([]verdict.Record, error) {
	runner, err := l.runner(ctx, kernels, newDigest(l.view, l.home.outName()), f.Update)
	if err != nil {
		return nil, err
	}
	runner.Allow, runner.Devices, runner.Strict = p.Allow, p.Devices, f.strict()
	if len(along) > 0 {
		runner.Attend = func(ctx context.Context, v *vm.VM) error { return takeAlong(ctx, v, along) }
	}
	l.cover(f.Flags, runner, kernels)
	defer func() { l.gather(runner, t.folder.Root) }()
	runner.Build = func(ctx context.Context, k *kernel.Kernel) (*kbuild.Modules, error) {
		m, err := t.folder.Build(ctx, l.cache, k)
		return m, l.keepOutput(t.folder, k, err)
	}
	runner.Reproduce = func(source kernel.Source, _ lesson.Case) string {
		again := fmt.Sprintf("try -dir=%s %s", word(t.dir), source.Flags)
		if f.Params != "" {
			again += fmt.Sprintf(" -params=%q", f.Params)
		}
		if len(p.Devices) > 0 { // by itself, the command does not read the file
			again += " -device=" + strings.Join(p.Devices, ",")
		}
		return fault.Command(again)
	}
	return runner.RunBuilt(ctx, kernels, t.folder.Unbuilt(""), func(ctx context.Context, k *kernel.Kernel, m *kbuild.Modules) ([]lesson.Case, error) {
		if len(t.scripts) > 0 {
			return t.scripts, nil
		}
		return t.folder.Cases(ctx, filepath.Join(l.out, "scripts", k.Release), k, m, t.params)
	})
}

// word returns text as a word for a shell.
func word(text string) string {
	quoted, err := syntax.Quote(text, syntax.LangPOSIX)
	if err != nil { // no shell takes it
		return fmt.Sprintf("%q", text)
	}
	return quoted
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
