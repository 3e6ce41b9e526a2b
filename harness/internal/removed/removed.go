// SPDX-License-Identifier: GPL-2.0-only

// Package removed knows what kernels no longer have, and what to write instead.
package removed

import (
	_ "embed"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/BurntSushi/toml"

	"kmodlab/harness/internal/api"
	"kmodlab/internal/headers"
)

//go:embed removed.toml
var listText string

// Entry is something that kernels had.
type Entry struct {
	Names    []string `toml:"names"`
	Since    string   `toml:"since"`    // the first release without it
	Instead  string   `toml:"instead"`  // the rest of a sentence that begins with "since 6.15"
	Commit   string   `toml:"commit"`   // of the kernel
	Source   string   `toml:"source"`   // the file of the kernel where one sees it
	Message  pattern  `toml:"message"`  // of the compiler, where no name is missed
	Output   pattern  `toml:"output"`   // of make
	Makefile bool     `toml:"makefile"` // the names are variables of Makefiles
	Before   pattern  `toml:"before"`   // in Source, of kernels that have it
	After    pattern  `toml:"after"`    // in Source, of those that do not
}

// pattern is an expression, perhaps none.
type pattern struct{ *regexp.Regexp }

// UnmarshalText reads an expression.
func (p *pattern) UnmarshalText(text []byte) (err error) {
	p.Regexp, err = regexp.Compile(string(text))
	return err
}

func (p pattern) matches(text string) bool { return p.Regexp != nil && p.MatchString(text) }

// List returns what kernels no longer have.
func List() ([]Entry, error) { return parse(listText) }

// parse reads a list. A key that nobody knows, and an entry that does not say
// all that a person needs, is an error.
func parse(text string) ([]Entry, error) {
	var file struct {
		Removed []Entry `toml:"removed"`
	}
	meta, err := toml.Decode(text, &file)
	if err == nil && len(meta.Undecoded()) > 0 {
		err = fmt.Errorf("unknown key %s", meta.Undecoded()[0])
	}
	for i, e := range file.Removed {
		if err == nil && (len(e.Names) == 0 || e.Since == "" || e.Instead == "" || e.Commit == "" || e.Source == "") {
			err = fmt.Errorf("entry %d (%v) has no names, since, instead, commit or source", i+1, e.Names)
		}
	}
	if err != nil {
		return nil, fmt.Errorf("removed.toml: %w", err)
	}
	return file.Removed, nil
}

// Sentence tells what became of the name, which is one of the entry's.
func (e Entry) Sentence() string {
	return fmt.Sprintf("since %s %s (commit %s)", e.Since, e.Instead, e.Commit)
}

// named says whether the names are such as a compiler misses.
func (e Entry) named() bool {
	return !e.Makefile && e.Message.Regexp == nil && e.Output.Regexp == nil
}

// Named returns the entry of a name that a source, or a module, misses.
func Named(list []Entry, name string) (Entry, bool) {
	i := slices.IndexFunc(list, func(e Entry) bool { return e.named() && slices.Contains(e.Names, name) })
	if i < 0 {
		return Entry{}, false
	}
	return list[i], true
}

// Failure is what is known of a build that failed.
type Failure struct {
	Messages []string // of the compiler and of modpost
	Output   string   // all that make printed
	Makefile string   // the text of all Makefiles of the module
}

// lacks is what a compiler says where an option of the module's Makefile did not
// reach it: a folder of headers, or a macro.
var lacks = regexp.MustCompile(`: No such file or directory|undeclared|implicit declaration|unknown type name`)

// Others returns the entries that explain the failure on the kernel k in another
// way than by a name that is missed.
func Others(list []Entry, k api.Kernel, f Failure) []Entry {
	var found []Entry
	for _, e := range list {
		said := slices.ContainsFunc(f.Messages, e.Message.matches) || e.Output.matches(f.Output)
		if e.Makefile && slices.ContainsFunc(f.Messages, lacks.MatchString) {
			said = slices.ContainsFunc(e.Names, func(name string) bool { return mentions(f.Makefile, name) })
		}
		if !said {
			continue
		}
		if gone, err := e.gone(k); err == nil && gone {
			found = append(found, e)
		}
	}
	return found
}

// mentions says whether a line of a Makefile that is no comment has the name.
func mentions(makefile, name string) bool {
	for line := range strings.Lines(makefile) {
		line, _, _ = strings.Cut(line, "#")
		if strings.Contains(line, name) {
			return true
		}
	}
	return false
}

// gone says whether the kernel k no longer has what is no name, by its file
// Source.
func (e Entry) gone(k api.Kernel) (bool, error) {
	text, err := e.text(k)
	return !e.Before.matches(text), err
}

// text is the kernel's file Source, and "" when the headers do not have it.
func (e Entry) text(k api.Kernel) (string, error) {
	trees, err := headers.Trees(k.Headers)
	if err != nil {
		return "", err
	}
	var all strings.Builder
	for _, tree := range trees {
		text, err := os.ReadFile(filepath.Join(tree, e.Source))
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return "", err
		}
		all.Write(text)
	}
	return all.String(), nil
}
