// SPDX-License-Identifier: GPL-2.0-only

package headline

import (
	_ "embed"
	"fmt"
	"slices"
	"strings"

	"github.com/BurntSushi/toml"
)

//go:embed reasons.toml
var reasonsText string

// Reasons are what reasons.toml says.
type Reasons struct {
	Reason []Reason `toml:"reason"`
	Hear   []Hear   `toml:"hear"`
}

// Reason tells why nobody has to hear some headlines. The first that fits one
// counts.
type Reason struct {
	Files []string `toml:"files"` // what their paths begin with
	Texts []string `toml:"texts"` // what they begin with; none: all that the files print
	Class string   `toml:"class"` // one of classes
	Why   string   `toml:"why"`   // a sentence
}

// Hear is a headline that is a complaint about the kernel or about a module, and
// that has to be heard.
type Hear struct {
	Files []string `toml:"files"` // what their paths begin with
	Texts []string `toml:"texts"` // what is in them
	Kind  string   `toml:"kind"`  // as which kind of trouble
	Title string   `toml:"title"` // what a report of it is called
}

// classes are what a headline may be that nobody has to hear.
var classes = []string{"information", "follows", "boot", "user", "hardware", "refusal"}

// LoadReasons returns the list that is compiled in.
func LoadReasons() (Reasons, error) { return parseReasons(reasonsText) }

// parseReasons reads a list. A key that nobody knows, and an entry that does not
// say all that a reader needs, is an error.
func parseReasons(text string) (Reasons, error) {
	var r Reasons
	meta, err := toml.Decode(text, &r)
	if err == nil && len(meta.Undecoded()) > 0 {
		err = fmt.Errorf("unknown key %s", meta.Undecoded()[0])
	}
	for i, e := range r.Reason {
		if err == nil && (len(e.Files) == 0 || e.Why == "" || !slices.Contains(classes, e.Class)) {
			err = fmt.Errorf("reason %d (%v) has no files, no why, or the class %q; want one of %v", i+1, e.Files, e.Class, classes)
		}
	}
	for i, e := range r.Hear {
		if err == nil && (len(e.Files) == 0 || len(e.Texts) == 0 || e.Kind == "" || e.Title == "") {
			err = fmt.Errorf("hear %d (%v) has no files, texts, kind or title", i+1, e.Files)
		}
	}
	if err != nil {
		return Reasons{}, fmt.Errorf("reasons.toml: %w", err)
	}
	return r, nil
}

// reason returns the reason why nobody has to hear the row.
func (r Reasons) reason(row Row) (Reason, bool) {
	i := slices.IndexFunc(r.Reason, func(e Reason) bool {
		begins := func(text string) bool { return strings.HasPrefix(row.Sample, text) }
		return e.from(row.File) && (len(e.Texts) == 0 || slices.ContainsFunc(e.Texts, begins))
	})
	if i < 0 {
		return Reason{}, false
	}
	return r.Reason[i], true
}

// hear returns how the row has to be heard.
func (r Reasons) hear(row Row) (Hear, bool) {
	i := slices.IndexFunc(r.Hear, func(e Hear) bool {
		holds := func(text string) bool { return strings.Contains(row.Sample, text) }
		return begins(e.Files, row.File) && slices.ContainsFunc(e.Texts, holds)
	})
	if i < 0 {
		return Hear{}, false
	}
	return r.Hear[i], true
}

func (e Reason) from(file string) bool { return begins(e.Files, file) }

// begins says whether a path begins with one of prefixes.
func begins(prefixes []string, file string) bool {
	return slices.ContainsFunc(prefixes, func(prefix string) bool { return strings.HasPrefix(file, prefix) })
}

// Stale returns the entries, by their first file and text, that fit none of the
// rows: kernels have them no more, or they are misspelt.
func (r Reasons) Stale(rows []Row) []string {
	var stale []string
	for _, e := range r.Hear {
		for _, text := range e.Texts {
			one := Reasons{Hear: []Hear{{Files: e.Files, Texts: []string{text}}}}
			if !slices.ContainsFunc(rows, func(row Row) bool { _, ok := one.hear(row); return ok }) {
				stale = append(stale, e.Files[0]+": "+text)
			}
		}
	}
	for _, e := range r.Reason {
		one := Reasons{Reason: []Reason{e}}
		if !slices.ContainsFunc(rows, func(row Row) bool { _, ok := one.reason(row); return ok }) {
			stale = append(stale, e.Files[0]+": "+e.Why)
		}
	}
	return stale
}
