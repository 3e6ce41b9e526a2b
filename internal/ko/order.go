// SPDX-License-Identifier: GPL-2.0-only

package ko

import (
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// Set is a number of modules by name.
type Set map[string]*Module

// needs maps each module to those of the set that it needs, sorted: those that
// modpost found, and those that export a symbol that it imports.
func (s Set) needs() map[string][]string {
	exporter := map[string]string{}
	for _, name := range slices.Sorted(maps.Keys(s)) {
		for _, symbol := range s[name].Exports {
			exporter[symbol] = name
		}
	}
	needs := map[string][]string{}
	for name, m := range s {
		found := map[string]bool{}
		for _, d := range m.Depends {
			found[d] = s[d] != nil
		}
		for _, symbol := range m.Imports {
			if from := exporter[symbol]; from != "" && from != name {
				found[from] = true
			}
		}
		for d, ours := range found {
			if ours {
				needs[name] = append(needs[name], d)
			}
		}
		slices.Sort(needs[name])
	}
	return needs
}

// Outside returns the names of the modules that those of the set need and that
// are not among them, sorted.
func (s Set) Outside() []string {
	found := map[string]bool{}
	for _, m := range s {
		for _, d := range m.Depends {
			if s[d] == nil {
				found[d] = true
			}
		}
	}
	return slices.Sorted(maps.Keys(found))
}

// Order returns the names of all modules so that each follows those it needs,
// by name where that leaves a choice. Modules that need each other in a circle
// are an error that names them.
func (s Set) Order() ([]string, error) {
	w := walk{needs: s.needs()}
	for _, name := range slices.Sorted(maps.Keys(s)) {
		if err := w.visit(name, nil); err != nil {
			return nil, err
		}
	}
	return w.order, nil
}

// walk goes through needs, depth first.
type walk struct {
	needs map[string][]string
	order []string
}

func (w *walk) visit(name string, above []string) error {
	if i := slices.Index(above, name); i >= 0 {
		return fmt.Errorf("modules need each other in a circle: %s", strings.Join(append(above[i:], name), " -> "))
	}
	if slices.Contains(w.order, name) {
		return nil
	}
	for _, d := range w.needs[name] {
		if err := w.visit(d, append(slices.Clone(above), name)); err != nil {
			return err
		}
	}
	w.order = append(w.order, name)
	return nil
}

// Groups parts the set into modules that have to do with each other, each part
// as small as can be, in the order of their first names.
func (s Set) Groups() []Set {
	near := map[string][]string{}
	for name, needs := range s.needs() {
		for _, d := range needs {
			near[name], near[d] = append(near[name], d), append(near[d], name)
		}
	}
	var groups []Set
	seen := map[string]bool{}
	for _, name := range slices.Sorted(maps.Keys(s)) {
		if seen[name] {
			continue
		}
		group := Set{}
		for todo := []string{name}; len(todo) > 0; todo = todo[1:] {
			if at := todo[0]; !seen[at] {
				seen[at], group[at] = true, s[at]
				todo = append(todo, near[at]...)
			}
		}
		groups = append(groups, group)
	}
	return groups
}

// Find maps the names of all modules below dir to their files. A folder that
// is not there has none.
func Find(dir string) (map[string]string, error) {
	files := map[string]string{}
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			if os.IsNotExist(err) {
				return nil
			}
			return err
		}
		if IsModule(d.Name()) && d.Type().IsRegular() {
			files[Name(path)] = path
		}
		return nil
	})
	return files, err
}

// IsModule says whether a file so called is a module, compressed or not.
func IsModule(name string) bool {
	for _, end := range []string{".ko", ".ko.gz", ".ko.xz", ".ko.zst"} {
		if strings.HasSuffix(name, end) {
			return true
		}
	}
	return false
}

// Closure opens the modules called names and all that they need, in insertion
// order, from files as [Find] returns them. A module that is not there is a
// [*MissingError].
func Closure(files map[string]string, names ...string) ([]*Module, error) {
	set := Set{}
	for todo := slices.Clone(names); len(todo) > 0; todo = todo[1:] {
		name := todo[0]
		if set[name] != nil {
			continue
		}
		file, ok := files[name]
		if !ok {
			return nil, &MissingError{Name: name}
		}
		m, err := Open(file)
		if err != nil {
			return nil, err
		}
		set[name] = m
		todo = append(todo, m.Depends...)
	}
	w := walk{needs: map[string][]string{}}
	for name, m := range set {
		w.needs[name] = m.Depends
	}
	var all []*Module
	for _, name := range names {
		if err := w.visit(name, nil); err != nil {
			return nil, err
		}
	}
	for _, name := range w.order {
		all = append(all, set[name])
	}
	return all, nil
}

// MissingError says that a kernel has no module of that name, as far as is
// known here.
type MissingError struct{ Name string }

// Error returns the sentence.
func (e *MissingError) Error() string {
	return fmt.Sprintf("module %s is not among the kernel's modules", e.Name)
}
