// SPDX-License-Identifier: GPL-2.0-only

package ci

import (
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
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

// The page's examples are YAML that says what action and template understand.
func TestPageShowsRealThings(t *testing.T) {
	github, gitlab := 0, 0
	for _, block := range blocks.FindAllString(string(read(t, "docs/ci.md")), -1) {
		if strings.TrimSpace(block) == "" {
			continue
		}
		var shown struct {
			Name, On, Permissions, Include any
			Jobs                           map[string]struct {
				Steps    []actionStep
				RunsOn   string `yaml:"runs-on"`
				Timeout  int    `yaml:"timeout-minutes"`
				Strategy any
				Box      map[string]string `yaml:"container"`
			}
			Modules struct {
				Extends   string
				Variables map[string]string
			}
		}
		if err := decode([]byte(block), &shown); err != nil {
			t.Fatalf("%v\n%s", err, block)
		}
		if shown.Jobs != nil {
			lint(t, "docs/ci.md", []byte(unindent.ReplaceAllString(block, "")))
		}
		for _, s := range shown.Jobs["modules"].Steps {
			for name := range s.With {
				github++
				if _, ok := readAction(t).Inputs[name]; !ok {
					t.Errorf("docs/ci.md uses the input %q, which is not there", name)
				}
			}
		}
		for name := range shown.Modules.Variables {
			gitlab++
			if _, ok := readTemplate(t).Variables[name]; !ok || shown.Modules.Extends != ".kmodlab" {
				t.Errorf("docs/ci.md sets %s for %s, which does not know it", name, shown.Modules.Extends)
			}
		}
	}
	if github == 0 || gitlab == 0 {
		t.Errorf("docs/ci.md shows %d inputs and %d variables; want some of both", github, gitlab)
	}
}
