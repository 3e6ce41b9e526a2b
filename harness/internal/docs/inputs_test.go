// SPDX-License-Identifier: GPL-2.0-only

package docs

import (
	"go/ast"
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

// kindUse is where the kind of a cache entry is named in the code.
type kindUse struct{ kind, file, function string }

// cacheKinds returns where the inputs of each kind of cache entry are listed,
// and which kinds have a table of what changes them.
func cacheKinds(t *testing.T) (listed, tested []kindUse) {
	t.Helper()
	folders := map[string]bool{}
	for _, top := range layers {
		err := filepath.WalkDir(filepath.Join(root, top), func(path string, d fs.DirEntry, err error) error {
			if err == nil && filepath.Ext(path) == ".go" && !strings.HasPrefix(path, filepath.Join(root, "internal/cache")) {
				folders[filepath.Dir(path)] = true
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	for _, folder := range slices.Sorted(maps.Keys(folders)) {
		paths, err := filepath.Glob(filepath.Join(folder, "*.go"))
		if err != nil {
			t.Fatal(err)
		}
		files := map[string]*ast.File{}
		for _, path := range paths {
			if files[path], err = parser.ParseFile(token.NewFileSet(), path, nil, 0); err != nil {
				t.Fatal(err)
			}
		}
		names := constants(files)
		for path, file := range files {
			for _, decl := range file.Decls {
				f, ok := decl.(*ast.FuncDecl)
				if !ok {
					continue
				}
				ast.Inspect(f, func(n ast.Node) bool {
					switch n := n.(type) {
					case *ast.CallExpr:
						if name := selected(n.Fun); (name == "cache.NewInputs" || name == "cache.Named") && !strings.HasSuffix(path, "_test.go") {
							listed = append(listed, kindUse{value(n.Args[0], names), path, f.Name.Name})
						}
					case *ast.CompositeLit:
						if index, ok := n.Type.(*ast.IndexExpr); ok && selected(index.X) == "cachetest.Table" {
							tested = append(tested, kindUse{value(field(n, "Kind"), names), path, f.Name.Name})
						}
					}
					return true
				})
			}
		}
	}
	return listed, tested
}

// constants returns the values of constants that are strings.
func constants(files map[string]*ast.File) map[string]string {
	all := map[string]string{}
	for _, file := range files {
		ast.Inspect(file, func(n ast.Node) bool {
			if spec, ok := n.(*ast.ValueSpec); ok {
				for i, name := range spec.Names {
					if i < len(spec.Values) {
						all[name.Name] = value(spec.Values[i], nil)
					}
				}
			}
			return true
		})
	}
	return all
}

// selected returns an expression PACKAGE.NAME as text.
func selected(e ast.Expr) string {
	if s, ok := e.(*ast.SelectorExpr); ok {
		if x, ok := s.X.(*ast.Ident); ok {
			return x.Name + "." + s.Sel.Name
		}
	}
	return ""
}

// value returns what a literal or a constant is.
func value(e ast.Expr, names map[string]string) string {
	switch e := e.(type) {
	case *ast.BasicLit:
		text, _ := strconv.Unquote(e.Value) // the parser has seen that it is well formed
		return text
	case *ast.Ident:
		return names[e.Name]
	}
	return ""
}

// field returns the value of a field of a literal.
func field(lit *ast.CompositeLit, name string) ast.Expr {
	for _, e := range lit.Elts {
		if kv, ok := e.(*ast.KeyValueExpr); ok {
			if key, ok := kv.Key.(*ast.Ident); ok && key.Name == name {
				return kv.Value
			}
		}
	}
	return nil
}

// parts are inputs that are no entry of their own: they are among those of
// several kinds.
var parts = []string{"target", "executor"}

// Each kind of cache entry has its inputs listed in one function, a table of what
// changes them, and a place in the picture.
func TestCacheKinds(t *testing.T) {
	listed, tested := cacheKinds(t)
	byKind := map[string]kindUse{}
	for _, use := range listed {
		if use.kind == "" {
			t.Errorf("%s: %s does not say of which kind the inputs are by a constant", use.file, use.function)
		}
		if filepath.Base(use.file) != "inputs.go" {
			t.Errorf("%s: %s lists the inputs of %q; they belong into inputs.go", use.file, use.function, use.kind)
		}
		if before, ok := byKind[use.kind]; ok {
			t.Errorf("%s: %s lists the inputs of %q, and so does %s in %s", use.file, use.function, use.kind, before.function, before.file)
		}
		byKind[use.kind] = use
	}
	for kind, use := range byKind {
		has := func(test kindUse) bool { return test.kind == kind && filepath.Dir(test.file) == filepath.Dir(use.file) }
		if !slices.ContainsFunc(tested, has) {
			t.Errorf("%s: no test beside it has a cachetest.Table of kind %q", use.file, kind)
		}
	}
	for _, kind := range parts {
		if _, ok := byKind[kind]; !ok {
			t.Errorf("nothing lists inputs of %q", kind)
		}
		delete(byKind, kind)
	}
	p := read(t, "docs/architecture.md")
	compareSets(t, p.path, column(t, p, "kinds"), maps.Keys(byKind))
}
