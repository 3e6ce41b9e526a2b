// SPDX-License-Identifier: GPL-2.0-only

package docs

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"

	"github.com/google/go-cmp/cmp"
)

// target is what the magefile has of a target.
type target struct {
	flags []string // names of its optional flags
	needs int      // arguments without which it does nothing
}

// targets reads the magefile as mage does: exported functions, methods of
// namespaces, aliases. A pointer is an optional flag.
func targets(t *testing.T) map[string]target {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), filepath.Join(root, "magefile.go"), nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]target{}
	for _, decl := range file.Decls {
		f, ok := decl.(*ast.FuncDecl)
		if !ok || !f.Name.IsExported() {
			continue
		}
		name := lowerFirst(f.Name.Name)
		if f.Recv != nil {
			name = lowerFirst(nameOf(f.Recv.List[0].Type)) + ":" + name
		}
		all[name] = signature(f)
	}
	for alias, name := range aliases(file) {
		all[alias] = all[name]
	}
	return all
}

func signature(f *ast.FuncDecl) target {
	var found target
	for _, p := range f.Type.Params.List {
		if _, isContext := p.Type.(*ast.SelectorExpr); isContext {
			continue
		}
		_, optional := p.Type.(*ast.StarExpr)
		for _, name := range p.Names {
			if optional {
				found.flags = append(found.flags, capital.ReplaceAllStringFunc(name.Name, func(c string) string { return "-" + strings.ToLower(c) }))
			} else {
				found.needs++
			}
		}
	}
	return found
}

// capital begins a word in a parameter's name, as a dash does in the flag's.
var capital = regexp.MustCompile(`[A-Z]`)

// aliases returns what the variable Aliases says.
func aliases(file *ast.File) map[string]string {
	all := map[string]string{}
	ast.Inspect(file, func(n ast.Node) bool {
		spec, ok := n.(*ast.ValueSpec)
		if !ok || spec.Names[0].Name != "Aliases" {
			return true
		}
		for _, e := range spec.Values[0].(*ast.CompositeLit).Elts {
			pair := e.(*ast.KeyValueExpr)
			all[strings.Trim(pair.Key.(*ast.BasicLit).Value, `"`)] = nameOf(pair.Value)
		}
		return false
	})
	return all
}

// nameOf returns a function's or a namespace's name as mage spells it.
func nameOf(e ast.Expr) string {
	switch e := e.(type) {
	case *ast.SelectorExpr:
		return nameOf(e.X) + ":" + nameOf(e.Sel)
	case *ast.Ident:
		return lowerFirst(e.Name)
	}
	return fmt.Sprintf("%T", e)
}

// lowerFirst is the name as mage has it, which takes an abbreviation for a word:
// API is api.
func lowerFirst(name string) string {
	if name == strings.ToUpper(name) {
		return strings.ToLower(name)
	}
	return string(unicode.ToLower(rune(name[0]))) + name[1:]
}

// invocation is mage's command line up to where the shell, or a comment, goes on.
var invocation = regexp.MustCompile(`go tool mage( [^#|;&<>)]*)?`)

// commandFlags are those that only the command kmodlab has.
var commandFlags = []string{"out", "ci", "gitignore"}

// Every command line that a page shows is one that mage understands.
func TestTargetsAreReal(t *testing.T) {
	known := targets(t)
	seen := 0
	for _, p := range pages(t) {
		t.Run(p.path, func(t *testing.T) {
			for _, code := range p.snippets() {
				for _, line := range invocation.FindAllString(code, -1) {
					seen++
					if wrong := misused(known, words(line)[3:]); wrong != "" {
						t.Errorf("%s shows %q: %s", p.path, code, wrong)
					}
				}
				if name, _, ok := strings.Cut(strings.TrimPrefix(code, "-"), "="); ok && flagSpan.MatchString(code) && !isFlag(known, name) && !slices.Contains(commandFlags, name) {
					t.Errorf("%s shows %q: no target has such a flag", p.path, code)
				}
			}
		})
	}
	if seen < 20 {
		t.Errorf("%d command lines were found; the pages have more", seen)
	}
}

// flagSpan is a flag that stands alone.
var flagSpan = regexp.MustCompile(`^-[a-z]+(-[a-z]+)*=`)

func isFlag(known map[string]target, name string) bool {
	for _, target := range known {
		if slices.Contains(target.flags, name) {
			return true
		}
	}
	return false
}

// words splits a command line at blanks; quoted ones stay whole.
func words(line string) []string {
	quote := rune(0)
	return strings.FieldsFunc(line, func(r rune) bool {
		switch {
		case r == quote:
			quote = 0
		case quote == 0 && (r == '\'' || r == '"'):
			quote = r
		}
		return quote == 0 && unicode.IsSpace(r)
	})
}

// misused returns what mage would say to these arguments.
func misused(known map[string]target, args []string) string {
	for len(args) > 0 && (args[0] == "-h" || args[0] == "-l" || args[0] == "-v") {
		args = args[1:]
	}
	if len(args) == 0 || args[0] == "TARGET" {
		return ""
	}
	found, ok := known[args[0]]
	if !ok {
		return fmt.Sprintf("there is no target %q", args[0])
	}
	plain := 0
	for _, arg := range args[1:] {
		name, isFlag := strings.CutPrefix(arg, "-")
		if !isFlag {
			plain++
			continue
		}
		name, _, _ = strings.Cut(strings.Trim(name, "[]"), "=")
		if !slices.Contains(found.flags, name) {
			return fmt.Sprintf("%s has no flag -%s; it has %v", args[0], name, found.flags)
		}
	}
	if plain != found.needs && args[len(args)-1] != args[0] {
		return fmt.Sprintf("%s takes %d arguments, not %d", args[0], found.needs, plain)
	}
	return ""
}

func TestMisused(t *testing.T) {
	known := map[string]target{"run": {flags: []string{"kernel"}}, "merge": {needs: 1}}
	for line, want := range map[string]string{
		"run -kernel=6.12":      "",
		"run -kernel='>= 6.12'": "",
		"run -colour=red":       "run has no flag -colour; it has [kernel]",
		"walk":                  `there is no target "walk"`,
		"run fast":              "run takes 0 arguments, not 1",
		"merge 'parts/*'":       "",
		"-h run":                "",
		"-h walk":               `there is no target "walk"`,
	} {
		if got := misused(known, words(line)); got != want {
			t.Errorf("misused(%q) = %q; want %q", line, got, want)
		}
	}
}

// The README's table has every target.
func TestReadmeHasEveryTarget(t *testing.T) {
	var want []string
	for name := range targets(t) {
		if name != "kernels" { // an alias of kernels:list
			want = append(want, name)
		}
	}
	got := column(t, read(t, "README.md"), "targets")
	for i := range got {
		got[i] = strings.Fields(got[i])[0]
	}
	compareSets(t, "README.md", got, slices.Values(want))
}

// compareSets compares what a page lists, each thing once, with what there is.
func compareSets(t *testing.T, path string, got []string, want func(func(string) bool)) {
	t.Helper()
	if d := cmp.Diff(slices.Sorted(want), slices.Sorted(slices.Values(got))); d != "" {
		t.Errorf("%s lists other things than there are (-there are +it lists):\n%s", path, d)
	}
}
