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
	for _, top := range []string{"harness", "vmimages"} {
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

// Every package is a room in the picture, with what it knows of the others.
func TestRooms(t *testing.T) {
	all := imports(t)
	p := read(t, "docs/architecture.md")
	compareSets(t, p.path, column(t, p, "rooms"), maps.Keys(all))
	fill(t, p, "rooms", 2, func(row []string) string {
		var names []string
		for _, name := range all[strings.Trim(row[0], "`")] {
			names = append(names, strings.TrimPrefix(name, "harness/"))
		}
		slices.Sort(names)
		return strings.Join(names, ", ")
	})
}
