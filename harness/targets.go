// SPDX-License-Identifier: GPL-2.0-only

package harness

import (
	"fmt"
	"go/ast"
	"go/doc"
	"go/parser"
	"go/token"
	"strings"
	"unicode"
)

// Target is what can be asked for: a target of mage, or a verb of the command.
type Target struct {
	Name  string   // "kernels:points"
	Short string   // what it does, in a sentence
	Long  string   // all there is to say of it
	Args  []string // the names of its arguments
	Flags []TargetFlag
}

// TargetFlag is an option of a target.
type TargetFlag struct {
	Name string // "kernel"
	Type string // "string", "bool" or "int"
	Help string
}

// Targets reads the targets of the magefile with the given text: its exported
// functions, the methods of its namespaces, and its aliases. What each takes is
// said there once, for mage and for the command.
func Targets(text []byte) ([]Target, error) {
	file, err := parser.ParseFile(token.NewFileSet(), "magefile.go", text, parser.ParseComments)
	if err != nil {
		return nil, err
	}
	var targets []Target
	byName := map[string]Target{}
	for _, d := range file.Decls {
		f, ok := d.(*ast.FuncDecl)
		if !ok || !f.Name.IsExported() {
			continue
		}
		name, ok := targetName(f)
		if !ok {
			continue
		}
		t := Target{Name: name, Short: sentence(f), Long: strings.TrimSpace(f.Doc.Text())}
		t.Args, t.Flags = parameters(file, f.Type)
		targets, byName[name] = append(targets, t), t
	}
	for alias, name := range readAliases(file) {
		t := byName[name]
		t.Name = alias
		targets = append(targets, t)
	}
	return targets, nil
}

// targetName returns how mage calls a function.
func targetName(f *ast.FuncDecl) (string, bool) {
	name := strings.ToLower(f.Name.Name)
	if f.Recv == nil {
		return name, true
	}
	namespace, ok := f.Recv.List[0].Type.(*ast.Ident)
	if !ok {
		return "", false
	}
	return strings.ToLower(namespace.Name) + ":" + name, true
}

// sentence returns what a function does, without its name in front.
func sentence(f *ast.FuncDecl) string {
	return strings.TrimSuffix(strings.TrimPrefix(new(doc.Package).Synopsis(f.Doc.Text()), f.Name.Name+" "), ".")
}

// parameters tells arguments from flags, which are pointers, and both from the
// context. A flag's help is the comment behind it.
func parameters(file *ast.File, f *ast.FuncType) (args []string, flags []TargetFlag) {
	for _, field := range f.Params.List {
		for _, name := range field.Names {
			switch kind := field.Type.(type) {
			case *ast.StarExpr:
				flags = append(flags, TargetFlag{Name: dashed(name.Name), Type: fmt.Sprint(kind.X), Help: behind(file, field)})
			case *ast.Ident:
				args = append(args, name.Name)
			}
		}
	}
	return args, flags
}

// dashed returns how a flag is called on the command line: "cover-min" for
// coverMin.
func dashed(name string) string {
	var b strings.Builder
	for _, r := range name {
		if unicode.IsUpper(r) {
			b.WriteByte('-')
		}
		b.WriteRune(unicode.ToLower(r))
	}
	return b.String()
}

// Undashed returns arguments as mage takes them, which knows a flag by the name of
// a parameter in lower case: "-covermin=80" for "-cover-min=80".
func Undashed(args []string) []string {
	var undashed []string
	for _, arg := range args {
		if name, value, valued := strings.Cut(arg, "="); strings.HasPrefix(name, "-") {
			arg = "-" + strings.ReplaceAll(name, "-", "")
			if valued {
				arg += "=" + value
			}
		}
		undashed = append(undashed, arg)
	}
	return undashed
}

// behind returns the comment that follows a parameter in its line. The parser
// gives those of parameters to nobody.
func behind(file *ast.File, field *ast.Field) string {
	const comma = 2 // and a space
	for _, group := range file.Comments {
		if at := group.Pos(); at > field.End() && at <= field.End()+comma {
			return strings.TrimSpace(group.Text())
		}
	}
	return ""
}
