// SPDX-License-Identifier: GPL-2.0-only

package ci

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// form is an issue form; which keys it may have is GitHub's word.
type form struct {
	Name, Description string
	Labels            []string
	Body              []field
}

type field struct {
	Type, ID    string
	Attributes  struct{ Label, Description, Value, Render string }
	Validations struct{ Required bool }
}

// flaws returns what GitHub, or who answers, would not put up with.
func (f form) flaws() []string {
	var all, ids []string
	flaw := func(format string, args ...any) { all = append(all, fmt.Sprintf(format, args...)) }
	if f.Name == "" || f.Description == "" {
		flaw("it lacks a name or a description")
	}
	for i, b := range f.Body {
		switch {
		case !slices.Contains([]string{"markdown", "textarea", "input"}, b.Type):
			flaw("field %d is of type %q", i+1, b.Type)
		case b.Type == "markdown" && b.Attributes.Value == "", b.Type != "markdown" && b.Attributes.Label == "":
			flaw("field %d says nothing", i+1)
		case b.ID != "" && slices.Contains(ids, b.ID):
			flaw("two fields are called %q", b.ID)
		}
		ids = append(ids, b.ID)
	}
	if !slices.ContainsFunc(f.Body, func(b field) bool { return b.Attributes.Label == "kmodlab doctor" }) {
		flaw("it does not ask what kmodlab doctor says")
	}
	return all
}

func TestForms(t *testing.T) {
	paths, err := filepath.Glob(filepath.Join(root, ".github/ISSUE_TEMPLATE/*.yml"))
	if err != nil {
		t.Fatal(err)
	}
	seen := 0
	for _, path := range paths {
		if filepath.Base(path) == "config.yml" { // the chooser's, no form
			continue
		}
		seen++
		var f form
		if err := decode(read(t, ".github/ISSUE_TEMPLATE/"+filepath.Base(path)), &f); err != nil {
			t.Fatalf("%s: %v", path, err)
		}
		for _, flaw := range f.flaws() {
			t.Errorf("%s: %s", path, flaw)
		}
	}
	if seen == 0 {
		t.Error("there are no forms")
	}
}

// Each flaw is found in a form that has it.
func TestFormFlaws(t *testing.T) {
	const head, asks = "name: n\ndescription: d\nbody: [", "{type: textarea, id: a, attributes: {label: kmodlab doctor}}"
	for text, want := range map[string]string{
		head + asks + "]":                   "",
		"name: n\nbody: [" + asks + "]":     "it lacks a name or a description",
		head + asks + ", {type: text}]":     `field 2 is of type "text"`,
		head + asks + ", {type: input}]":    "field 2 says nothing",
		head + "{type: markdown}]":          "field 1 says nothing",
		head + asks + ", " + asks + "]":     `two fields are called "a"`,
		"name: n\ndescription: d\nbody: []": "it does not ask",
	} {
		var f form
		if err := decode([]byte(text), &f); err != nil {
			t.Fatalf("%s: %v", text, err)
		}
		got := strings.Join(f.flaws(), "; ")
		if want == "" && got != "" || !strings.Contains(got, want) {
			t.Errorf("%s\nhas the flaws %q; want %q", text, got, want)
		}
	}
}
