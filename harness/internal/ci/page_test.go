// SPDX-License-Identifier: GPL-2.0-only

package ci

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"gopkg.in/yaml.v3"
)

var (
	inputs   = regexp.MustCompile(`(?s)<!-- table: action inputs -->\n(.*?)\n\n`)
	code     = regexp.MustCompile("`([^`]+)`")
	unindent = regexp.MustCompile(`(?m)^    `)
	blocks   = regexp.MustCompile(`(?m)(?:^    .*\n|^\n)+`)
)

// The page has every input of the action, and no other.
func TestPageHasTheInputs(t *testing.T) {
	m := inputs.FindStringSubmatch(string(read(t, "docs/ci.md")))
	if m == nil {
		t.Fatal("docs/ci.md has no table of inputs")
	}
	var got []string
	for _, line := range strings.Split(m[1], "\n")[2:] {
		for _, name := range code.FindAllStringSubmatch(strings.Split(line, "|")[1], -1) {
			got = append(got, name[1])
		}
	}
	slices.Sort(got)
	if d := cmp.Diff(slices.Sorted(maps.Keys(readAction(t).Inputs)), got); d != "" {
		t.Errorf("inputs (-action.yml +docs/ci.md):\n%s", d)
	}
}

// examples returns the page's blocks of code, as files.
func examples(t *testing.T) []string {
	t.Helper()
	var all []string
	for _, block := range blocks.FindAllString(string(read(t, "docs/ci.md")), -1) {
		if strings.TrimSpace(block) != "" {
			all = append(all, unindent.ReplaceAllString(block, ""))
		}
	}
	return all
}

// What pages show, and what init gives to others, says what action and template
// understand.
func TestExamples(t *testing.T) {
	files := map[string]string{}
	for i, text := range examples(t) {
		files[fmt.Sprintf("docs/ci.md, example %d", i+1)] = text
	}
	for _, name := range []string{"github.yml", "gitlab.yml"} {
		name = "harness/internal/project/blueprint/" + name
		files[name] = string(read(t, name))
	}
	github, gitlab := 0, 0
	for name, text := range files {
		if strings.Contains(text, "\njobs:\n") {
			github += usesAction(t, name, text)
		} else {
			gitlab += extendsTemplate(t, name, text)
		}
	}
	if github != 2 || gitlab != 2 {
		t.Errorf("%d jobs use the action, %d the template; want those of the page and of init", github, gitlab)
	}
}

// usesAction returns how many jobs of a workflow use the action, and checks how.
func usesAction(t *testing.T, name, text string) (n int) {
	t.Helper()
	lint(t, name, []byte(text))
	var w struct {
		Jobs map[string]struct {
			Container struct{ Image, Options string }
			Steps     []actionStep
		}
	}
	if err := yaml.Unmarshal([]byte(text), &w); err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	for id, job := range w.Jobs {
		for _, s := range job.Steps {
			if !strings.HasPrefix(s.Uses, "OWNER/kmodlab@") {
				continue
			}
			n++
			if job.Container.Image != readTemplate(t).Image || job.Container.Options != "--privileged" {
				t.Errorf("%s: job %s is not in a privileged container of the image that GitLab's jobs have", name, id)
			}
			for key := range s.With {
				if _, ok := readAction(t).Inputs[key]; !ok {
					t.Errorf("%s: the action has no input %q", name, key)
				}
			}
		}
	}
	return n
}

// extendsTemplate returns how many jobs extend the template, and checks how.
func extendsTemplate(t *testing.T, name, text string) (n int) {
	t.Helper()
	var jobs map[string]yaml.Node
	if err := yaml.Unmarshal([]byte(text), &jobs); err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	delete(jobs, "include")
	for id, node := range jobs {
		n++
		var job struct {
			Extends   string
			Variables map[string]string
		}
		if err := node.Decode(&job); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if job.Extends != ".kmodlab" || job.Variables["KMODLAB_URL"] == "" {
			t.Errorf("%s: job %s does not extend the template, or does not say where kmodlab is", name, id)
		}
		for key := range job.Variables {
			if _, ok := readTemplate(t).Variables[key]; !ok {
				t.Errorf("%s: the template has no variable %s", name, key)
			}
		}
	}
	return n
}
