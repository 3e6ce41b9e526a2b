// SPDX-License-Identifier: GPL-2.0-only

// Package project reads what the author of modules has to say about testing them:
// the file kmodlab.toml in the repository of the modules, which need not be there.
package project

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/BurntSushi/toml"

	"kmodlab/harness/internal/splat"
	"kmodlab/internal/fault"
)

// File is the name of the file.
const File = "kmodlab.toml"

// version is that of the file's form; a file without one is of the first.
const version = 1

// Project is a repository of modules.
type Project struct {
	Root string `toml:"-"` // its folder

	Version    int               `toml:"version"`
	Kernels    []string          `toml:"kernels"`     // as -kernel takes them
	Flavours   []string          `toml:"flavours"`    // as -flavour
	Arches     []string          `toml:"arches"`      // as -arch
	Folders    []string          `toml:"folders"`     // of modules, below Root; Root itself for none
	Scripts    []string          `toml:"scripts"`     // patterns of scripts, below Root; those beside the modules for none
	Modules    []string          `toml:"modules"`     // of the kernel itself, inserted first
	Params     map[string]string `toml:"params"`      // by module: "a=1 b=2"
	Devices    []string          `toml:"devices"`     // that VMs are given
	KernelArgs string            `toml:"kernel_args"` // added to the kernels' command lines
	Files      []string          `toml:"files"`       // patterns of what goes along into guests, below Root
	Mirror     string            `toml:"mirror"`      // of the kernel archive
	QEMU       string            `toml:"qemu"`        // own or host: what VMs run in
	Strict     bool              `toml:"strict"`      // what a kernel remarks is a failure
	Allow      []splat.Allowance `toml:"allow"`       // splats, and remarks, that are no fault
}

// Find returns the project that the folder dir belongs to: the nearest folder
// upwards that has the file; without one dir, or the root of its repository, as git
// sees it, if nothing in dir says how to build it. The error is a [fault.Error] of usage.
func Find(dir string, now time.Time) (*Project, error) {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return nil, err
	}
	for at := dir; ; at = filepath.Dir(at) {
		text, err := os.ReadFile(filepath.Join(at, File))
		switch {
		case err == nil:
			return parse(text, at, now)
		case !errors.Is(err, fs.ErrNotExist) && !errors.Is(err, fs.ErrPermission):
			return nil, &fault.Error{Owner: fault.Usage, What: "cannot read what is to be tested", Where: filepath.Join(at, File), Err: err}
		case at == filepath.Dir(at):
			return &Project{Root: dir, Version: version}, nil
		}
		if has(at, ".git") { // what is above is of somebody else
			if has(dir, "Kbuild", "Makefile", "dkms.conf") {
				at = dir
			}
			return &Project{Root: at, Version: version}, nil
		}
	}
}

// has says whether one of the names is in the folder dir.
func has(dir string, names ...string) bool {
	return slices.ContainsFunc(names, func(name string) bool {
		_, err := os.Stat(filepath.Join(dir, name))
		return err == nil
	})
}

// parse reads the file of the project in the folder root.
func parse(text []byte, root string, now time.Time) (*Project, error) {
	p := &Project{Root: root}
	wrong := func(err error, hint string) error {
		return &fault.Error{Owner: fault.Usage, What: "cannot read what is to be tested", Where: filepath.Join(root, File), Err: err, Hint: hint}
	}
	meta, err := toml.Decode(string(text), p)
	if err != nil {
		return nil, wrong(err, "")
	}
	if p.Version > version {
		return nil, wrong(fmt.Errorf("it is of version %d, and this kmodlab knows %d", p.Version, version), "take a newer kmodlab")
	}
	if unknown := meta.Undecoded(); len(unknown) > 0 {
		name := unknown[0].String()
		return nil, wrong(fmt.Errorf("unknown key %q", name), fault.Choices(name, "the keys", keys()))
	}
	for _, dir := range slices.Concat(p.Folders, p.Scripts, p.Files) {
		if !filepath.IsLocal(dir) {
			return nil, wrong(fmt.Errorf("%q is not below the folder of the file", dir), "name folders, scripts and files from there")
		}
	}
	for i, a := range p.Allow {
		if err := a.Check(now); err != nil {
			return nil, wrong(fmt.Errorf("allowed splat %d (%q): %w", i+1, a.Title, err), "")
		}
	}
	return p, nil
}

// keys are those of the file.
func keys() []string {
	var names []string
	for field := range reflect.TypeFor[Project]().Fields() {
		if name := field.Tag.Get("toml"); name != "-" {
			names = append(names, name)
		}
	}
	return names
}

// Dirs returns the folders of the modules, as absolute paths.
func (p *Project) Dirs() []string {
	if len(p.Folders) == 0 {
		return []string{p.Root}
	}
	var dirs []string
	for _, dir := range p.Folders {
		dirs = append(dirs, filepath.Join(p.Root, dir))
	}
	return dirs
}

// ScriptFiles returns the scripts that the patterns match, none when there are no
// patterns. A pattern that matches nothing is a [fault.Error] of usage.
func (p *Project) ScriptFiles() ([]string, error) {
	var all []string
	for _, pattern := range p.Scripts {
		found, err := filepath.Glob(filepath.Join(p.Root, pattern))
		if err == nil && len(found) == 0 {
			err = errors.New("there is no such script")
		}
		if err != nil {
			return nil, &fault.Error{Owner: fault.Usage, What: fmt.Sprintf("no script matches %q", pattern), Where: filepath.Join(p.Root, File), Err: err}
		}
		all = append(all, found...)
	}
	return all, nil
}

// List joins values as a flag takes them.
func List(values []string) string { return strings.Join(values, ",") }
