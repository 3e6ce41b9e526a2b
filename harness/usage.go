// SPDX-License-Identifier: GPL-2.0-only

package harness

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"slices"
	"strconv"
	"strings"

	"kmodlab/internal/fault"
)

// signature is what a target takes.
type signature struct {
	required int      // arguments
	flags    []string // names, in lower case
}

// Misspelt returns an error of usage for the first word of args that is no
// target of the magefile at path, or no flag of its target, with the name that
// was probably meant. Mage itself says only that it does not know the word. It
// returns nil for what it cannot judge; then mage does.
func Misspelt(path string, args []string) error {
	targets, err := readTargets(path)
	if err != nil {
		return nil
	}
	var names []string
	for name := range targets {
		names = append(names, name)
	}
	slices.Sort(names)
	for len(args) > 0 {
		name := args[0]
		if strings.HasPrefix(name, "-") {
			return nil // for the default target, or mage
		}
		t, ok := targets[strings.ToLower(name)]
		if !ok {
			return &fault.Error{Owner: fault.Usage, What: fmt.Sprintf("there is no target %q", name), Hint: fault.Choices(name, "the targets", names)}
		}
		args = args[min(len(args), 1+t.required):]
		for len(args) > 0 && strings.HasPrefix(args[0], "-") {
			flag, _, _ := strings.Cut(strings.TrimLeft(args[0], "-"), "=")
			switch {
			case len(t.flags) == 0:
				return &fault.Error{Owner: fault.Usage, What: fmt.Sprintf("the target %s has no flags, and not %q", name, flag)}
			case !slices.Contains(t.flags, strings.ToLower(flag)):
				return &fault.Error{Owner: fault.Usage, What: fmt.Sprintf("the target %s has no flag %q", name, flag), Hint: fault.Choices(flag, "its flags", t.flags)}
			}
			args = args[1:]
		}
	}
	return nil
}

// readTargets reads the targets of a magefile: its exported functions, the
// methods of its namespaces, and its aliases.
func readTargets(path string) (map[string]signature, error) {
	file, err := parser.ParseFile(token.NewFileSet(), path, nil, 0)
	if err != nil {
		return nil, err
	}
	targets := map[string]signature{}
	for _, d := range file.Decls {
		f, ok := d.(*ast.FuncDecl)
		if !ok || !f.Name.IsExported() {
			continue
		}
		name := strings.ToLower(f.Name.Name)
		if f.Recv != nil {
			namespace, ok := f.Recv.List[0].Type.(*ast.Ident)
			if !ok {
				continue
			}
			name = strings.ToLower(namespace.Name) + ":" + name
		}
		targets[name] = readSignature(f.Type)
	}
	for alias, target := range readAliases(file) {
		targets[alias] = targets[target]
	}
	return targets, nil
}

// readSignature tells arguments from flags, which are pointers, and both from
// the context.
func readSignature(f *ast.FuncType) signature {
	var s signature
	for _, field := range f.Params.List {
		switch field.Type.(type) {
		case *ast.StarExpr:
			for _, n := range field.Names {
				s.flags = append(s.flags, strings.ToLower(n.Name))
			}
		case *ast.Ident:
			s.required += len(field.Names)
		}
	}
	return s
}

// readAliases reads the variable Aliases: "kernels" to "kernels:list".
func readAliases(file *ast.File) map[string]string {
	aliases := map[string]string{}
	ast.Inspect(file, func(n ast.Node) bool {
		spec, ok := n.(*ast.ValueSpec)
		if !ok || spec.Names[0].Name != "Aliases" || len(spec.Values) == 0 {
			return true
		}
		list, ok := spec.Values[0].(*ast.CompositeLit)
		if !ok {
			return false
		}
		for _, e := range list.Elts {
			pair, ok := e.(*ast.KeyValueExpr)
			if !ok {
				continue
			}
			key, isText := pair.Key.(*ast.BasicLit)
			if !isText {
				continue
			}
			alias, err := strconv.Unquote(key.Value)
			if err != nil {
				continue
			}
			switch to := pair.Value.(type) {
			case *ast.Ident:
				aliases[alias] = strings.ToLower(to.Name)
			case *ast.SelectorExpr:
				if namespace, ok := to.X.(*ast.Ident); ok {
					aliases[alias] = strings.ToLower(namespace.Name + ":" + to.Sel.Name)
				}
			}
		}
		return false
	})
	return aliases
}
