// SPDX-License-Identifier: GPL-2.0-only

package headline

import (
	"path"
	"regexp"
	"slices"
	"strings"
)

// Print is a place of the sources where the kernel complains.
type Print struct {
	File     string // from the top of the sources
	Function string // the function, or the macro, in which it is
	Call     string // what is called: pr_err, WARN, panic
	Format   string // what is printed, "" where the source says it elsewhere
	Loud     bool   // the kernel announces it: WARN, BUG, panic
	oops     bool   // Format is what stands in the header of an Oops
}

// prints returns the complaints of the C source called file, in its order.
func prints(file, source string) []Print {
	prints, _ := read(file, source, "")
	return prints
}

// read returns the complaints of a source whose pr_fmt is prefix until it
// defines one, and with which prefix it includes the headers beside it.
func read(file, source, prefix string) ([]Print, map[string]string) {
	r := reader{file: file, all: tokens(source), prefix: prefix, includes: map[string]string{}}
	r.read()
	return r.prints, r.includes
}

// reader goes through the tokens of a file.
type reader struct {
	file     string
	all      []token
	at       int
	depth    int    // of braces
	function string // in whose body r.at is
	named    string // the last name with parameters outside of functions
	prefix   string // pr_fmt, as defined last
	includes map[string]string
	prints   []Print
	open     bool // the last print has not ended its line
}

func (r *reader) read() {
	for r.at < len(r.all) {
		t := r.all[r.at]
		switch {
		case t.first && t.is("#"):
			r.directive()
			continue
		case t.is("{"):
			if r.depth++; r.depth == 1 {
				r.function = r.named
			}
		case t.is("}"):
			// At the very left a function ends, whatever braces the conditionals of
			// the preprocessor have.
			if r.depth--; t.left || r.depth < 0 {
				r.depth = 0
			}
		case t.kind == word && r.at+1 < len(r.all) && r.all[r.at+1].is("("):
			r.name(t.text)
			continue
		}
		r.at++
	}
}

// name reads a name before a parenthesis.
func (r *reader) name(text string) {
	args, length := arguments(r.all[r.at+1:])
	if r.depth == 0 {
		if isFunction(text) {
			r.named = definedBy(text, args)
		}
		r.at += 1 + length // there are no calls among parameters
		return
	}
	r.at++ // what is among the arguments is read as well: a WARN() in an if
	if w, ok := wayOf(text); ok {
		r.print(text, w, args)
	} else if text == "pr_cont" {
		r.goOn(args)
	}
}

// isFunction says whether a name with parameters may be that of a function, and
// not an annotation as __acquires(lock).
func isFunction(name string) bool {
	return !strings.HasPrefix(name, "__attribute") && name != "__acquires" && name != "__releases" && name != "__must_hold" && name != "__printf"
}

// definedBy is the name of the function that name with args begins: of
// SYSCALL_DEFINE2(delete_module, ...) the first argument.
func definedBy(name string, args [][]token) string {
	if strings.ToUpper(name) == name && len(args) > 0 && len(args[0]) > 0 {
		return args[0][0].text
	}
	return name
}

// directive reads a line of the preprocessor. The body of a macro is read like
// that of a function.
func (r *reader) directive() {
	end := r.at + 1
	for end < len(r.all) && !r.all[end].first {
		end++
	}
	line := r.all[r.at:end]
	r.at = end
	if len(line) == 3 && line[1].is("include") && line[2].kind == quoted {
		r.includes[path.Join(path.Dir(r.file), line[2].text)] = r.prefix
	}
	if len(line) < 4 || !line[1].is("define") {
		return
	}
	if line[2].is("pr_fmt") {
		_, length := arguments(line[3:])
		r.prefix = formatOf(line[3+length:], "", r.file)
		if slices.ContainsFunc(line, func(t token) bool { return t.is("__func__") }) {
			r.prefix = strings.Replace(r.prefix, "%s", functionName, 1)
		}
		return
	}
	if _, ok := wayOf(line[2].text); ok {
		return // what it prints is said where it is called
	}
	body := reader{file: r.file, all: line[3:], depth: 1, function: line[2].text, prefix: r.prefix, includes: r.includes}
	body.read()
	r.prints = append(r.prints, body.prints...)
}

// print adds what a call prints.
func (r *reader) print(name string, w way, args [][]token) {
	if w.format >= len(args) {
		return
	}
	arg := args[w.format]
	if w.loud && !hasString(arg) {
		if i := slices.IndexFunc(args, hasString); i >= 0 {
			arg = args[i]
		}
	}
	if slices.ContainsFunc(arg, func(t token) bool { return t.is("KERN_CONT") }) {
		r.goOn(args)
		return
	}
	quiet := w.tells || slices.ContainsFunc(arg, func(t token) bool { return t.kind == word && slices.Contains(quietLevels, t.text) })
	for _, a := range alternatives(arg) {
		text := formatOf(a, r.prefix, r.file)
		if text != "" {
			text = w.before + text
			if w.prefix {
				text = r.prefix + text
			}
		}
		text = r.withFunction(withoutLevel(text, args[w.format+1:]), args[w.format+1:])
		if w.oops && text == "" || quiet && !alarming.MatchString(sample(text)) {
			continue
		}
		r.prints = append(r.prints, Print{File: r.file, Function: r.function, Call: name, Format: text, Loud: w.loud, oops: w.oops})
		r.open = !strings.HasSuffix(text, "\n")
	}
}

// functionName stands in a prefix where the name of the function is printed.
const functionName = "__func__"

// withFunction returns a format with the name of the function where it is among
// the values.
func (r *reader) withFunction(format string, values [][]token) string {
	n := -1
	format = conversion.ReplaceAllStringFunc(format, func(c string) string {
		if c != "%%" {
			n++
		}
		if c == "%s" && n < len(values) && len(values[n]) == 1 && values[n][0].is("__func__") {
			return r.function
		}
		return c
	})
	return strings.Replace(format, functionName, r.function, 1)
}

// alarming are the beginnings of texts that complain at whatever level.
var alarming = regexp.MustCompile(`^(?:\w+: )?(?:BUG|WARNING|INFO|ERROR|Warning|Error)\b`)

func hasString(arg []token) bool {
	return slices.ContainsFunc(arg, func(t token) bool { return t.kind == quoted })
}

// withoutLevel returns a format without the %s at its beginning where that is
// the level of the message.
func withoutLevel(format string, values [][]token) string {
	rest, ok := strings.CutPrefix(format, "%s")
	if ok && len(values) > 0 && len(values[0]) == 1 && levelName.MatchString(values[0][0].text) {
		return rest
	}
	return format
}

// levelName is what the kernel calls a variable that has a level.
var levelName = regexp.MustCompile(`^(?:lvl|level|loglvl|log_lvl|KERN_[A-Z]+)$`)

// goOn adds a text to the line that was not ended.
func (r *reader) goOn(args [][]token) {
	if !r.open || len(args) == 0 || len(r.prints) == 0 {
		return
	}
	last := &r.prints[len(r.prints)-1]
	if last.Function != r.function {
		r.open = false
		return
	}
	last.Format += formatOf(alternatives(args[0])[0], r.prefix, r.file)
	r.open = false // others may stand in branches: which follows which, nobody here knows
}
