// SPDX-License-Identifier: GPL-2.0-only

package ci

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// action is what the metadata of a composite action may have; which keys there are
// is the runner's word (actions/runner, src/Runner.Worker/action_yaml.json).
type action struct {
	Name, Description string
	Branding          struct{ Icon, Color string }
	Inputs            map[string]struct{ Description, Default string }
	Outputs           map[string]struct{ Description, Value string }
	Runs              struct {
		Using string
		Steps []actionStep
	}
}

type actionStep struct {
	Name, ID, If     string
	Run, Shell, Uses string
	Env, With        map[string]string
	Continue         bool   `yaml:"continue-on-error"`
	Dir              string `yaml:"working-directory"`
}

func readAction(t *testing.T) (a action) {
	t.Helper()
	if err := decode(read(t, "action.yml"), &a); err != nil {
		t.Fatalf("action.yml: %v", err)
	}
	return a
}

var (
	input  = regexp.MustCompile(`\binputs\.([\w-]+)`)
	result = regexp.MustCompile(`\bsteps\.([\w-]+)\.`)
)

// flaws returns what the runner, or a reader, would not put up with.
func (a action) flaws() []string {
	var all []string
	flaw := func(format string, args ...any) { all = append(all, fmt.Sprintf(format, args...)) }
	if a.Name == "" || a.Description == "" || a.Runs.Using != "composite" || len(a.Runs.Steps) == 0 {
		flaw("it lacks a name, a description or steps, or is not composite")
	}
	var ids []string
	used := map[string]bool{}
	refers := func(where, text string) {
		for _, m := range input.FindAllStringSubmatch(text, -1) {
			used[m[1]] = true
			if _, ok := a.Inputs[m[1]]; !ok {
				flaw("%s: there is no input %q", where, m[1])
			}
		}
		for _, m := range result.FindAllStringSubmatch(text, -1) {
			if !slices.Contains(ids, m[1]) {
				flaw("%s: no step %q comes before it", where, m[1])
			}
		}
	}
	for i, s := range a.Runs.Steps {
		where := fmt.Sprintf("step %d", i+1)
		switch {
		case (s.Run == "") == (s.Uses == ""):
			flaw("%s has to run or to use something", where)
		case s.Run != "" && s.Shell != "bash":
			flaw("%s runs without bash", where)
		case s.Run != "" && s.With != nil, s.Uses != "" && s.Shell+s.Dir != "":
			flaw("%s has keys of the other kind of step", where)
		}
		if strings.Contains(s.Run, "${{") {
			flaw("%s: what an input holds becomes a part of its script", where)
		}
		refers(where, s.If)
		for _, value := range s.Env {
			refers(where, value)
		}
		for _, value := range s.With {
			refers(where, value)
		}
		if s.ID != "" && slices.Contains(ids, s.ID) {
			flaw("%s has the id of another, %q", where, s.ID)
		}
		ids = append(ids, s.ID)
	}
	for name, o := range a.Outputs {
		refers("output "+name, o.Value)
	}
	for name, i := range a.Inputs {
		if !used[name] || i.Description == "" {
			flaw("input %q is not used, or not described", name)
		}
	}
	return all
}

func TestAction(t *testing.T) {
	if d := cmp.Diff([]string(nil), readAction(t).flaws()); d != "" {
		t.Errorf("action.yml (-want +got):\n%s", d)
	}
}

// Each flaw is found in an action that has just it.
func TestFlaws(t *testing.T) {
	const head = "name: n\ndescription: d\nruns: {using: composite, steps: "
	for text, want := range map[string]string{
		head + "[{run: x, shell: bash}]}":                                    "",
		"name: n\nruns: {using: composite, steps: [{run: x, shell: bash}]}":  "it lacks a name",
		"name: n\ndescription: d\nruns: {using: node24, steps: [{uses: x}]}": "not composite",
		head + "[]}":          "it lacks a name",
		head + "[{name: x}]}": "step 1 has to run or to use",
		head + "[{run: x, uses: y, shell: bash}]}":                       "step 1 has to run or to use",
		head + "[{run: x}]}":                                             "step 1 runs without bash",
		head + "[{run: x, shell: bash, with: {a: b}}]}":                  "other kind",
		head + "[{uses: x, shell: bash}]}":                               "other kind",
		head + "[{run: '${{ github.ref }}', shell: bash}]}":              "part of its script",
		head + "[{uses: x, with: {a: '${{ inputs.b }}'}}]}":              `there is no input "b"`,
		head + "[{uses: x, if: steps.b.outputs.c}, {id: b, uses: x}]}":   `no step "b" comes before`,
		head + "[{id: b, uses: x}, {id: b, uses: x}]}":                   `the id of another, "b"`,
		head + "[{uses: x}]}\noutputs: {a: {value: '${{ steps.b.c }}'}}": `no step "b"`,
		head + "[{uses: x}]}\ninputs: {a: {description: d}}":             `input "a" is not used`,
	} {
		var a action
		if err := decode([]byte(text), &a); err != nil {
			t.Fatalf("%s: %v", text, err)
		}
		got := strings.Join(a.flaws(), "; ")
		if want == "" && got != "" || !strings.Contains(got, want) {
			t.Errorf("%s\nhas the flaws %q; want %q", text, got, want)
		}
	}
	if err := decode([]byte("name: n\nrun: {}\n"), &action{}); err == nil {
		t.Error("a key that no action has was not noticed")
	}
}
