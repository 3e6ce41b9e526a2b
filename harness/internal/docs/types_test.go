// SPDX-License-Identifier: GPL-2.0-only

package docs

import (
	"encoding/json"
	"errors"
	"go/ast"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"io"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// program is all Go of the project, with its types.
type program struct {
	fset       *token.FileSet
	ours       map[string]bool // paths of the project's packages
	packages   map[string]*checked
	interfaces []*types.Interface // that the project knows of, its own and others
}

// checked is a package, or what tests of one are compiled with.
type checked struct {
	path, name string
	base       string // path of the package, of which path is a variant with tests
	info       *types.Info
	types      *types.Package
}

// listed is what the go command says of a package.
type listed struct {
	ImportPath, Name, Dir, Export, ForTest string
	GoFiles                                []string
	ImportMap                              map[string]string
	Module                                 *struct{ Main bool }
}

// checkTypes checks the types of the project, its tests and its magefile. What it
// imports of others is read as it was compiled.
func checkTypes(t *testing.T) *program {
	t.Helper()
	p := &program{fset: token.NewFileSet(), ours: map[string]bool{}, packages: map[string]*checked{}}
	list := append(goList(t, "-deps", "-test", "./..."), goList(t, "-deps", "-tags=mage", ".")...)
	exports := exports(t, list)
	others := importer.ForCompiler(p.fset, "gc", func(path string) (io.ReadCloser, error) { return os.Open(exports[path]) })
	known := map[*types.Package]bool{}
	for _, l := range list { // what a package imports comes before it
		if !l.ours() || strings.HasSuffix(l.ImportPath, ".test") {
			continue
		}
		key := l.ImportPath
		if l.Name == "main" { // the magefile has the path of the project's own package
			key += " main"
		}
		if p.packages[key] != nil {
			continue
		}
		p.packages[key] = p.check(t, l, func(path string) (*types.Package, error) {
			if c := p.packages[path]; c != nil {
				return c.types, nil
			}
			pkg, err := others.Import(path)
			known[pkg] = true
			return pkg, err
		})
	}
	for _, c := range p.packages {
		known[c.types] = true
	}
	p.interfaces = append(interfaces(maps.Keys(known)), types.Universe.Lookup("error").Type().Underlying().(*types.Interface))
	return p
}

// ours tells whether a package is of the project.
func (l listed) ours() bool { return l.Module != nil && l.Module.Main }

// exports returns where the packages of others are as they were compiled. Those of the
// project need not be.
func exports(t *testing.T, list []listed) map[string]string {
	t.Helper()
	args := []string{"-export"}
	for _, l := range list {
		if !l.ours() && l.ImportPath != "unsafe" {
			args = append(args, l.ImportPath)
		}
	}
	all := map[string]string{}
	for _, l := range goList(t, args...) {
		all[l.ImportPath] = l.Export
	}
	return all
}

// goList returns what the go command lists.
func goList(t *testing.T, args ...string) []listed {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "go", append([]string{"list", "-json=ImportPath,Name,Dir,Export,ForTest,GoFiles,ImportMap,Module"}, args...)...)
	cmd.Dir = root
	var said strings.Builder
	cmd.Stderr = &said
	output, err := cmd.Output()
	if err != nil {
		t.Fatalf("%v: %v\n%s", cmd.Args, err, said.String())
	}
	var all []listed
	for d := json.NewDecoder(strings.NewReader(string(output))); ; {
		var l listed
		switch err := d.Decode(&l); {
		case errors.Is(err, io.EOF):
			return all
		case err != nil:
			t.Fatal(err)
		}
		all = append(all, l)
	}
}

// importing is how a package gets at those that it imports.
type importing func(path string) (*types.Package, error)

// Import calls the function.
func (i importing) Import(path string) (*types.Package, error) { return i(path) }

func (p *program) check(t *testing.T, l listed, find importing) *checked {
	t.Helper()
	path, _, _ := strings.Cut(l.ImportPath, " ") // without "[kmodlab/harness.test]"
	c := &checked{path: l.ImportPath, name: l.Name, base: path, info: &types.Info{Uses: map[*ast.Ident]types.Object{}}}
	if strings.HasSuffix(l.Name, "_test") {
		c.base = l.ForTest
	}
	var files []*ast.File
	for _, name := range l.GoFiles {
		file, err := parser.ParseFile(p.fset, filepath.Join(l.Dir, name), nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, file)
	}
	config := types.Config{Importer: importing(func(path string) (*types.Package, error) {
		if other, ok := l.ImportMap[path]; ok {
			path = other
		}
		return find(path)
	})}
	var err error
	if c.types, err = config.Check(path, p.fset, files, c.info); err != nil {
		t.Fatal(err)
	}
	p.ours[path] = true
	return c
}

// interfaces returns the interfaces that packages declare.
func interfaces(packages func(func(*types.Package) bool)) []*types.Interface {
	var all []*types.Interface
	for pkg := range packages {
		for _, name := range pkg.Scope().Names() {
			if i, ok := pkg.Scope().Lookup(name).Type().Underlying().(*types.Interface); ok {
				all = append(all, i)
			}
		}
	}
	return all
}
