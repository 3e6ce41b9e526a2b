// SPDX-License-Identifier: GPL-2.0-only

package api

import "strings"

// Kind is what a header has of a name.
type Kind int

// The kinds, by how much a module can do with them alone.
const (
	None     Kind = iota
	Declared      // a function or a variable that has to be exported, too
	Type          // a struct, a union, an enum or a typedef
	Constant      // one of an enum
	Macro
	Inline
)

// String returns the kind in a word.
func (k Kind) String() string {
	return [...]string{"none", "declared", "type", "constant", "macro", "inline"}[k]
}

// finder goes through the tokens of a header.
type finder struct {
	tokens  []token
	names   map[string]bool
	found   map[string]Kind
	blocks  []byte   // the braces that are open: 'e' of an enum, 'o' of another
	parens  int      // open ones
	typedef bool     // the statement is one
	enum    bool     // so far it says that an enum follows
	saved   []string // blocks at each #if that is open
}

// find returns what the header text has of names.
func find(text []byte, names map[string]bool) map[string]Kind {
	if len(names) == 0 {
		return nil
	}
	f := &finder{tokens: tokens(text), names: names, found: map[string]Kind{}}
	for i := range f.tokens {
		f.step(i)
	}
	return f.found
}

func (f *finder) step(i int) {
	t := f.tokens[i]
	if t.kind == sign && !t.is("{") {
		f.enum = false // it was the type of something
	}
	switch {
	case t.kind == directive:
		f.directive(string(t.text))
	case t.kind == word:
		f.word(i)
	case t.is("("):
		f.parens++
	case t.is(")"):
		f.parens = max(0, f.parens-1)
	case t.is("{"):
		f.open(i)
	case t.is("}"):
		f.close(t.first)
	case t.is(";") && len(f.blocks) == 0:
		f.typedef, f.parens = false, 0
	}
}

// open remembers what the brace is of. That of extern "C" is none: what is in it
// stands at the top.
func (f *finder) open(i int) {
	if f.at(i-1).kind == quote && f.at(i-2).is("extern") {
		return
	}
	kind := byte('o')
	if f.enum {
		kind = 'e'
	}
	f.blocks, f.enum = append(f.blocks, kind), false
}

// close ends a block. A brace in the first column ends all: so the kernel's
// coding style has it, and so a header that was not understood is lost only up
// to there.
func (f *finder) close(first bool) {
	if first {
		f.blocks, f.parens = nil, 0
	}
	f.blocks = f.blocks[:max(0, len(f.blocks)-1)]
}

// directive heeds definitions, and that the branches of an #if begin alike: one
// brace may be opened in each of them.
func (f *finder) directive(text string) {
	words := strings.Fields(text)
	if len(words) == 0 {
		return
	}
	last := len(f.saved) - 1
	switch words[0] {
	case "if", "ifdef", "ifndef":
		f.saved = append(f.saved, string(f.blocks))
	case "else", "elif":
		if last >= 0 {
			f.blocks = []byte(f.saved[last])
		}
	case "endif":
		f.saved = f.saved[:max(0, last)]
	case "define":
		if len(words) < 2 {
			return
		}
		name, _, _ := strings.Cut(words[1], "(")
		if len(words) != 3 || words[2] != name { // #define x x only says that there is an x
			f.take(name, Macro)
		}
	}
}

func (f *finder) word(i int) {
	name := string(f.tokens[i].text)
	top := len(f.blocks) == 0
	switch {
	case name == "typedef":
		f.typedef = f.typedef || top
	case name == "enum":
		f.enum = f.parens == 0
	case !f.names[name]:
	case !top:
		if f.blocks[len(f.blocks)-1] == 'e' && (f.at(i-1).is("{") || f.at(i-1).is(",") || f.at(i-1).kind == directive) {
			f.take(name, Constant)
		}
	case f.parens > 0:
		if f.typedef && f.at(i-1).is("*") {
			f.take(name, Type) // of a pointer to a function
		}
	default:
		f.take(name, f.declares(i))
	}
}

func (f *finder) take(name string, kind Kind) {
	if f.names[name] {
		f.found[name] = max(f.found[name], kind)
	}
}

// declares says what the word at i is at the top of a header: a name that is
// declared has a type before it.
func (f *finder) declares(i int) Kind {
	before, next := f.at(i-1), f.at(i+1)
	switch {
	case before.is("struct"), before.is("union"), before.is("enum"):
		if next.is("{") {
			return Type
		}
		return None
	case f.typedef && next.is(";"):
		return Type
	case before.kind != word && !before.is("*") && !before.is(")"):
		return None
	case next.is("("):
		return f.function(i + 1)
	case next.is(";"), next.is("["), next.is(","), next.is("="):
		return Declared
	}
	return None
}

// function says what follows the parameters that begin at i: a body, or the end.
// Attributes may come first.
func (f *finder) function(i int) Kind {
	for depth := 0; i < len(f.tokens); i++ {
		switch t := f.tokens[i]; {
		case t.is("("):
			depth++
		case t.is(")"):
			depth--
		case depth > 0, t.kind == word, t.kind == directive:
		case t.is("{"):
			return Inline
		case t.is(";"), t.is(","):
			return Declared
		default:
			return None
		}
	}
	return None
}

// at returns the token at i, an empty one beyond the ends.
func (f *finder) at(i int) token {
	if i < 0 || i >= len(f.tokens) {
		return token{}
	}
	return f.tokens[i]
}
