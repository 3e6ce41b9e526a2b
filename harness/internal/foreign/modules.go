// SPDX-License-Identifier: GPL-2.0-only

package foreign

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"kmodlab/harness/internal/kbuild"
	"kmodlab/internal/fault"
	"kmodlab/internal/ko"
)

// made returns the paths of all modules in the copy.
func (b *build) made() ([]string, error) {
	var kos []string
	names := map[string]string{}
	accessible(b.work)
	if err := b.inPlace(); err != nil {
		return nil, err
	}
	err := filepath.WalkDir(b.stage, func(path string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() || filepath.Ext(path) != ".ko" {
			return err
		}
		if other := names[ko.Name(path)]; other != "" {
			if b.at(other) {
				return nil
			}
			if b.at(path) {
				names[ko.Name(path)] = path
				kos[slices.Index(kos, other)] = path
				return nil
			}
			return &fault.Error{Owner: fault.Build, What: "two modules have the same name: " + ko.Name(path), Where: b.folder.Dir,
				Hint: "name the folder of one of them: " + b.source(other) + ", " + b.source(path)}
		}
		names[ko.Name(path)] = path
		kos = append(kos, path)
		return nil
	})
	return kos, err
}

// at tells whether the dkms.conf says that a module is at path in the copy.
func (b *build) at(path string) bool {
	return slices.ContainsFunc(b.promised(), func(p promise) bool {
		return filepath.Join(b.stage, p.dir, p.name+".ko") == path
	})
}

// inPlace makes sure that the folder which was built is still in the copy, not
// a link to another one.
func (b *build) inPlace() error {
	return b.within(func(work *os.Root) error {
		stage, err := filepath.Rel(b.work, b.stage)
		if err != nil {
			return err
		}
		_, err = work.Stat(stage)
		return err
	})
}

// source returns the folder in the sources of a file in the copy.
func (b *build) source(path string) string {
	return filepath.Dir(strings.Replace(path, b.stage, b.folder.Dir, 1))
}

// fits makes sure that the modules are for the kernel: a Makefile with a path
// of its own builds for the kernel that this machine runs.
func (b *build) fits(kos []string) error {
	for _, path := range kos {
		m, err := ko.Open(path)
		if err != nil {
			return &fault.Error{Owner: fault.Build, What: "make made what is no module", Where: filepath.Base(path), Err: err}
		}
		if m.Release() != b.kernel.Release {
			return &fault.Error{Owner: fault.Build, What: fmt.Sprintf("the Makefile does not build for the kernel it is told: %s is for %s, not for %s", m.Name, m.Release(), b.kernel.Release), Where: b.folder.Dir,
				Hint: "let it build with make -C $(KDIR) M=$(CURDIR) modules"}
		}
	}
	return nil
}

// wanted returns those modules that the dkms.conf promises, with those they
// need; all where it promises none.
func (b *build) wanted(kos []string) ([]string, error) {
	if len(b.promised()) == 0 {
		return kos, nil
	}
	files := map[string]string{}
	for _, path := range kos {
		files[ko.Name(path)] = path
	}
	var todo []string
	for _, p := range b.promised() {
		name := ko.Name(p.name)
		if files[name] != "" {
			todo = append(todo, name)
		} else if b.broken[name] == nil {
			return nil, &fault.Error{Owner: fault.Build, What: "make did not make the module that dkms.conf promises: " + p.name, Where: b.folder.Dir, Hint: "see BUILT_MODULE_NAME"}
		}
	}
	set := map[string]bool{}
	for ; len(todo) > 0; todo = todo[1:] {
		if files[todo[0]] == "" || set[todo[0]] {
			continue
		}
		set[todo[0]] = true
		m, err := ko.Open(files[todo[0]])
		if err != nil {
			return nil, err
		}
		for _, name := range m.Depends {
			todo = append(todo, ko.Name(name))
		}
	}
	return slices.DeleteFunc(kos, func(path string) bool { return !set[ko.Name(path)] }), nil
}

// certain makes sure that modules which do not build never will, as the sources
// are. Half a result stays in the cache as a whole one does, and a compiler that
// was killed would keep a good module broken for as long as nobody edits it.
func certain(broken map[string]*kbuild.Error) error {
	for name, e := range broken {
		if !e.Certain() {
			return &fault.Error{Owner: fault.Host, What: "a module did not build, and the compiler does not say which line is wrong: " + name, Where: e.Source, Err: e,
				Hint: "run again; if it stays so, see whether the compiler works"}
		}
	}
	return nil
}

// brokenModule is how a [kbuild.Error] is kept.
type brokenModule struct {
	Source   string
	Messages []kbuild.Message
}

func saveBroken(dir string, broken map[string]*kbuild.Error) error {
	all := map[string]brokenModule{}
	for name, e := range broken {
		all[name] = brokenModule{e.Source, e.Messages}
	}
	text, err := json.Marshal(all)
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(dir, brokenFile), text, 0o644)
}

func loadBroken(dir string) (map[string]*kbuild.Error, error) {
	text, err := os.ReadFile(filepath.Join(dir, brokenFile))
	if err != nil {
		return nil, err
	}
	all, broken := map[string]brokenModule{}, map[string]*kbuild.Error{}
	if err := json.Unmarshal(text, &all); err != nil {
		return nil, err
	}
	for name, b := range all {
		broken[name] = &kbuild.Error{Source: b.Source, Messages: b.Messages}
	}
	return broken, nil
}
