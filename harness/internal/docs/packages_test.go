// SPDX-License-Identifier: GPL-2.0-only

package docs

import (
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// imports returns what each package of the project imports of the others, by
// folder. Those that are for tests alone, by their name, are left out.
func imports(t *testing.T) map[string][]string {
	t.Helper()
	all := map[string][]string{}
	for _, top := range layers {
		err := filepath.WalkDir(filepath.Join(root, top), func(path string, d fs.DirEntry, err error) error {
			switch {
			case err != nil:
				return err
			case d.IsDir() && d.Name() == "testdata":
				return fs.SkipDir
			}
			if filepath.Ext(path) != ".go" || strings.HasSuffix(path, "_test.go") || strings.HasSuffix(filepath.Dir(path), "test") {
				return nil
			}
			dir, err := filepath.Rel(root, filepath.Dir(path))
			if err != nil {
				return err
			}
			file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.ImportsOnly)
			if err != nil {
				return err
			}
			found := all[dir]
			for _, spec := range file.Imports {
				name, _ := strconv.Unquote(spec.Path.Value) // the parser has seen that it is a string
				if name, ours := strings.CutPrefix(name, "kmodlab/"); ours && !slices.Contains(found, name) {
					found = append(found, name)
				}
			}
			all[dir] = found
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return all
}

// Imports between the folders at the top go one way.
func TestOneWay(t *testing.T) {
	seen := map[string]bool{}
	for dir, names := range imports(t) {
		top, _, _ := strings.Cut(dir, "/")
		seen[top] = true
		for _, name := range names {
			other, _, _ := strings.Cut(name, "/")
			if slices.Index(layers, other) > slices.Index(layers, top) {
				t.Errorf("%s imports %s; want imports only of what is below: %v", dir, name, layers)
			}
		}
	}
	for top := range seen {
		if !slices.Contains(layers, top) {
			t.Errorf("%s has no place among %v", top, layers)
		}
	}
}

// Every package is in the picture, with what it knows of the others.
func TestPackages(t *testing.T) {
	all := imports(t)
	p := read(t, "docs/architecture.md")
	compareSets(t, p.path, column(t, p, "packages"), maps.Keys(all))
	fill(t, p, "packages", 2, func(row []string) string {
		var names []string
		for _, name := range all[strings.Trim(row[0], "`")] {
			if _, short, inner := strings.Cut(name, "internal/"); inner {
				name = short
			}
			names = append(names, name)
		}
		slices.Sort(names)
		return strings.Join(names, ", ")
	})
}
