// SPDX-License-Identifier: GPL-2.0-only

package api

import (
	"regexp"
	"slices"
)

// missing are the ways in which a compiler, modpost and the kernel say that
// something is not there; the group is its name. Quotes are those of the locale.
var missing = []struct {
	pattern *regexp.Regexp
	use     Use
}{
	// gcc (gcc/c/c-decl.cc, implicit_decl_warning, undeclared_variable;
	// gcc/c/c-parser.cc) and clang (DiagnosticSemaKinds.td).
	{regexp.MustCompile(`implicit declaration of function ['‘](\w+)['’]`), Compile},
	{regexp.MustCompile(`call to undeclared (?:library )?function '(\w+)'`), Compile},
	{regexp.MustCompile(`['‘](\w+)['’] undeclared`), Compile},
	{regexp.MustCompile(`use of undeclared identifier '(\w+)'`), Compile},
	{regexp.MustCompile(`unknown type name ['‘](\w+)['’]`), Compile},
	{regexp.MustCompile(`fatal error: ([\w./+-]+\.h): No such file or directory`), Include},
	{regexp.MustCompile(`fatal error: '([\w./+-]+\.h)' file not found`), Include},
	// modpost (scripts/mod/modpost.c, check_exports), up to 7.2 and since.
	{regexp.MustCompile(`"(\w+)" \[.*\] undefined!`), Link},
	{regexp.MustCompile(`symbol '(\w+)' undefined!`), Link},
	// The kernel (kernel/module/main.c, simplify_symbols; before 5.19
	// kernel/module.c): -ENOENT, or 0 in
	// old ones. With another error the symbol is there.
	{regexp.MustCompile(`: Unknown symbol (\w+) \(err (?:-2|0)\)`), Link},
}

// Misses returns what text, messages of a compiler, of modpost or of the kernel,
// says is not there, each once.
func Misses(text string) []Miss {
	var found []Miss
	for _, m := range missing {
		for _, groups := range m.pattern.FindAllStringSubmatch(text, -1) {
			if miss := (Miss{groups[1], m.use}); !slices.Contains(found, miss) {
				found = append(found, miss)
			}
		}
	}
	return found
}
