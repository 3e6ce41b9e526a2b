// SPDX-License-Identifier: GPL-2.0-only

package harness

import (
	"fmt"
	"go/ast"
	"os"
	"slices"
	"strconv"
	"strings"

	"kmodlab/internal/fault"
)

// Misspelt returns an error of usage for the first word of args that is no
// target of the magefile at path, or no flag of its target, with the name that
// was probably meant. Mage itself says only that it does not know the word. It
// returns nil for what it cannot judge; then mage does.
func Misspelt(path string, args []string) error {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil
	}
	targets, err := Targets(text)
	if err != nil {
		return nil
	}
	var names []string
	for _, t := range targets {
		names = append(names, t.Name)
	}
	slices.Sort(names)
	for len(args) > 0 {
		name := args[0]
		if strings.HasPrefix(name, "-") {
			return nil // for the default target, or mage
		}
		i := slices.IndexFunc(targets, func(t Target) bool { return t.Name == strings.ToLower(name) })
		if i < 0 {
			return &fault.Error{Owner: fault.Usage, What: fmt.Sprintf("there is no target %q", name), Hint: fault.Choices(name, "the targets", names)}
		}
		t, flags := targets[i], targets[i].flagNames()
		args = args[min(len(args), 1+len(t.Args)):]
		for len(args) > 0 && strings.HasPrefix(args[0], "-") {
			flag, _, _ := strings.Cut(strings.TrimLeft(args[0], "-"), "=")
			switch {
			case len(flags) == 0:
				return &fault.Error{Owner: fault.Usage, What: fmt.Sprintf("the target %s has no flags, and not %q", name, flag)}
			case !slices.ContainsFunc(flags, func(known string) bool { return plain(known) == plain(flag) }):
				return &fault.Error{Owner: fault.Usage, What: fmt.Sprintf("the target %s has no flag %q", name, flag), Hint: fault.Choices(flag, "its flags", flags)}
			}
			args = args[1:]
		}
	}
	return nil
}

// plain returns the name of a flag as mage knows it.
func plain(flag string) string { return strings.ReplaceAll(strings.ToLower(flag), "-", "") }

func (t Target) flagNames() []string {
	var names []string
	for _, f := range t.Flags {
		names = append(names, f.Name)
	}
	return names
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
