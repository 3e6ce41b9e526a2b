// SPDX-License-Identifier: GPL-2.0-only

package docs

import (
	"go/types"
	"slices"
	"testing"
)

// byOthers are names of methods that others call without naming an interface, and who
// does.
var byOthers = map[string]string{
	"ExitStatus": "mage, of an error",
	"Unwrap":     "package errors",
}

// No package exports what it alone uses, at the top or as a method: of an exported
// name a reader asks who relies on it. Fields are not asked: they are data, which
// is compared and printed by others, too.
func TestExported(t *testing.T) {
	if testing.Short() {
		t.Skip("checks the types of all packages; not with -short")
	}
	p := checkTypes(t)
	for _, name := range slices.Sorted(p.unused(p.used())) {
		t.Errorf("only its own package uses %s; write it small, or delete it", name)
	}
}

// where is where something is declared: the same in a package and in what its tests
// are compiled with.
type where string

func (p *program) where(o types.Object) where { return where(p.fset.Position(o.Pos()).String()) }

// used returns where that is declared which a package uses of another: by its name,
// or as the type of something that it uses.
func (p *program) used() map[where]bool {
	used := map[where]bool{}
	for _, c := range p.packages {
		use := func(o types.Object) {
			if o != nil && o.Pkg() != nil && p.ours[o.Pkg().Path()] && o.Pkg().Path() != c.base {
				p.use(used, o)
			}
		}
		for _, o := range c.info.Uses {
			use(o)
		}
	}
	return used
}

// use marks an object, and the types without which nobody could use it.
func (p *program) use(used map[where]bool, o types.Object) {
	switch generic := o.(type) {
	case *types.Func:
		o = generic.Origin()
	case *types.Var:
		o = generic.Origin()
	}
	at, t := p.where(o), o.Type()
	if used[at] {
		return
	}
	used[at] = true
	if named, ok := t.(*types.Named); ok && named.Obj() == o {
		t = named.Underlying()
	}
	p.useType(used, t)
}

// useType marks the named types that t is made of.
func (p *program) useType(used map[where]bool, t types.Type) {
	switch t := t.(type) {
	case *types.Named:
		if o := t.Obj(); o.Pkg() != nil && p.ours[o.Pkg().Path()] {
			p.use(used, o)
		}
		for arg := range t.TypeArgs().Types() {
			p.useType(used, arg)
		}
	case *types.Alias:
		used[p.where(t.Obj())] = true // any and error have no place
		p.useType(used, types.Unalias(t))
	case *types.Struct:
		for field := range t.Fields() {
			if field.Exported() {
				p.useType(used, field.Type())
			}
		}
	case *types.Signature:
		for _, tuple := range []*types.Tuple{t.Params(), t.Results()} {
			for v := range tuple.Variables() {
				p.useType(used, v.Type())
			}
		}
	case *types.Interface: // who implements it has to name what its methods take
		for method := range t.Methods() {
			p.use(used, method)
		}
	case *types.Map:
		p.useType(used, t.Key())
		p.useType(used, t.Elem())
	case interface{ Elem() types.Type }: // pointers, slices, arrays, channels
		p.useType(used, t.Elem())
	}
}

// unused yields the exported names at the top of packages, and of methods, that are not
// used and have no other reason.
func (p *program) unused(used map[where]bool) func(yield func(string) bool) {
	return func(yield func(string) bool) {
		for _, c := range p.packages {
			if c.name == "main" || c.path != c.base { // nobody can use it, or it is another look at the same
				continue
			}
			for _, o := range p.declared(c, used) {
				if o.Exported() && !used[p.where(o)] && !yield(c.path+"."+p.name(o)) {
					return
				}
			}
		}
	}
}

// name returns the name of an object in its package, with the type that it is of.
func (p *program) name(o types.Object) string {
	if f, ok := o.(*types.Func); ok && f.Signature().Recv() != nil {
		of := f.Signature().Recv().Type()
		if pointer, ok := of.(*types.Pointer); ok {
			of = pointer.Elem()
		}
		return of.(*types.Named).Obj().Name() + "." + f.Name()
	}
	return o.Name()
}

// declared returns what a package declares at the top, with methods, but for constants
// of a type of which one is used, and methods by which a type implements an interface.
func (p *program) declared(c *checked, used map[where]bool) []types.Object {
	var all []types.Object
	lists := p.lists(c, used)
	for _, name := range c.types.Scope().Names() {
		o := c.types.Scope().Lookup(name)
		if _, isConst := o.(*types.Const); isConst && lists[o.Type()] {
			continue
		}
		all = append(all, o)
		named, ok := o.Type().(*types.Named)
		if _, isType := o.(*types.TypeName); !isType || !ok || !o.Exported() {
			continue
		}
		for method := range named.Methods() {
			if byOthers[method.Name()] == "" && !p.implements(named, method.Name()) {
				all = append(all, method)
			}
		}
	}
	return all
}

// lists returns the types of the package's constants that are used.
func (p *program) lists(c *checked, used map[where]bool) map[types.Type]bool {
	all := map[types.Type]bool{}
	for _, name := range c.types.Scope().Names() {
		o := c.types.Scope().Lookup(name)
		if named, ok := o.Type().(*types.Named); ok && used[p.where(o)] {
			all[named] = true
		}
	}
	return all
}

// implements tells whether an interface wants the method of t.
func (p *program) implements(t *types.Named, method string) bool {
	return slices.ContainsFunc(p.interfaces, func(i *types.Interface) bool {
		m, _, _ := types.LookupFieldOrMethod(i, false, nil, method)
		return m != nil && types.Implements(types.NewPointer(t), i)
	})
}
