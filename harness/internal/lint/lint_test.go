// SPDX-License-Identifier: GPL-2.0-only

package lint

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"kmodlab/internal/kernel"
	"kmodlab/internal/step"
)

func asked(name string, findings []string, err error) Check {
	return Check{Name: name, Ask: func(context.Context) ([]string, error) { return findings, err }}
}

// Each check is heard, whatever became of those before it, and who is not asked
// is told.
func TestRun(t *testing.T) {
	var said, noted []string
	ctx := step.With(t.Context(), func(e step.Event) {
		if e.Kind == step.Noted {
			noted = append(noted, e.Text)
		}
	})
	r := Run(ctx, []Check{
		asked("a", nil, errors.New("no program")),
		asked("b", []string{"one", "two"}, nil),
		{Name: "c", LeftOut: "it cannot read this"},
		asked("d", nil, nil),
		asked("e", []string{"three"}, nil),
	}, func(check string, findings []string) { said = append(said, check+" "+strings.Join(findings, ",")) })
	if r.Findings != 3 || len(r.Unasked) != 1 || !strings.Contains(r.Unasked[0].Error(), "a could not be asked: no program") {
		t.Errorf("report %+v; want 3 findings, and that a could not be asked", r)
	}
	if d := cmp.Diff([]string{"b one,two", "e three"}, said); d != "" {
		t.Errorf("said (-want +got):\n%s", d)
	}
	if d := cmp.Diff([]string{"c is left out: it cannot read this"}, noted); d != "" {
		t.Errorf("noted (-want +got):\n%s", d)
	}
}

// A program that ends badly without a word has not checked anything.
func TestProgram(t *testing.T) {
	for _, tc := range []struct {
		name, script string
		want         []string
		unasked      bool
	}{
		{"nothing to say", "true", nil, false},
		{"findings", "echo a.go:1; echo b.go:2; exit 1", []string{"a.go:1", "b.go:2"}, false},
		{"findings and a good end", "echo a.go", []string{"a.go"}, false},
		{"no word and a bad end", "exit 2", nil, true},
	} {
		t.Run(tc.name, func(t *testing.T) {
			got, err := program("p", t.TempDir(), "sh", "-c", tc.script).Ask(t.Context())
			if d := cmp.Diff(tc.want, got); d != "" || (err != nil) != tc.unasked {
				t.Errorf("error %v, findings (-want +got):\n%s", err, d)
			}
		})
	}
	if _, err := program("p", t.TempDir(), "/nowhere/checker").Ask(t.Context()); err == nil {
		t.Error("a program that is not there was asked; want an error")
	}
}

// The checks of Go see what they are for.
func TestGo(t *testing.T) {
	root := t.TempDir()
	for name, text := range map[string]string{
		"go.mod":      "module m\n\ngo 1.26\n",
		"magefile.go": "//go:build mage\n\npackage main\n\nimport \"fmt\"\n\nfunc main() { fmt.Printf(\"%d\\n\", \"x\") }\n",
		"p/p.go":      "package p\n\nimport \"fmt\"\n\nfunc F() { fmt.Printf(\"%d\\n\", \"x\") }\n",
		"q/q.go":      "package q\nfunc  F() {}\n",
	} {
		path := filepath.Join(root, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want := map[string]string{"gofmt": "q/q.go", "go vet": "p/p.go:5", "go vet, magefile": "magefile.go:7"}
	for _, c := range Go(root) {
		if want[c.Name] == "" {
			continue
		}
		got, err := c.Ask(t.Context())
		if err != nil || !slices.ContainsFunc(got, func(f string) bool { return strings.Contains(f, want[c.Name]) }) {
			t.Errorf("%s: %v, %q; want %s", c.Name, err, got, want[c.Name])
		}
		delete(want, c.Name)
	}
	if len(want) > 0 {
		t.Errorf("nobody asked %v", want)
	}
}

// Each kernel's modules are built with warnings and sparse, but for those that
// sparse cannot read, which is told.
func TestModules(t *testing.T) {
	var names, leftOut []string
	for _, c := range Modules(nil, "/root", []kernel.Source{{Name: "6.12", Series: "6.12"}, {Name: "7.3", Series: "7.3"}}, Tool{Dir: "/", Path: "/sparse"}) {
		if c.LeftOut != "" {
			leftOut = append(leftOut, c.Name)
		} else {
			names = append(names, c.Name)
		}
	}
	for _, want := range []string{"W=1 and sparse on 6.12, kmod", "W=1 on 7.3, kmod"} {
		if !slices.Contains(names, want) {
			t.Errorf("checks %q; want %q", names, want)
		}
	}
	if d := cmp.Diff([]string{"sparse on 7.3"}, leftOut); d != "" {
		t.Errorf("left out (-want +got):\n%s", d)
	}
}

// No folder of C in the project is overlooked.
func TestFolders(t *testing.T) {
	const root = "../../.."
	notModules := map[string]string{ // by file, or by folder
		"harness/internal/debuginfo/testdata/module.c": "a program that stands for a module, for its debug information",
		"harness/internal/lesson/blueprint/NAME.c":     "a template; the lesson that it makes is checked",
		"harness/internal/foreign/testdata/folders":    "they stand for what others write, in their styles, and do not all build",
	}
	sources, err := cSources(root, "harness")
	if err != nil {
		t.Fatal(err)
	}
	more, err := cSources(root, "guest")
	if err != nil {
		t.Fatal(err)
	}
	for _, source := range append(sources, more...) {
		known := slices.ContainsFunc(styled, func(f folder) bool { return strings.HasPrefix(source, f.path+"/") })
		for place := range notModules {
			known = known || source == place || strings.HasPrefix(source, place+"/")
		}
		if !known {
			t.Errorf("nobody checks the style of %s", source)
		}
	}
	for _, f := range styled {
		if len(f.ignore) > 0 && f.reason == "" {
			t.Errorf("%s: %q is ignored without a reason", f.path, f.ignore)
		}
	}
}
