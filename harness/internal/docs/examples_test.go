// SPDX-License-Identifier: GPL-2.0-only

package docs

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"kmodlab/harness/internal/lesson"
	"kmodlab/harness/internal/splat"
	"kmodlab/vmimages"
)

// example is a fenced block with a language.
var example = regexp.MustCompile("(?m)^```([a-z]+)\n((?s:.*?))^```\n")

// examples returns the page's blocks in a language.
func examples(t *testing.T, p page, language string) []string {
	t.Helper()
	var all []string
	for _, m := range example.FindAllStringSubmatch(p.text, -1) {
		if m[1] == language {
			all = append(all, m[2])
		}
	}
	if len(all) == 0 {
		t.Fatalf("%s has no example in %s", p.path, language)
	}
	return all
}

func write(t *testing.T, name, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}

// What pages give as examples is understood by who has to read it.
func TestExamples(t *testing.T) {
	p := read(t, "docs/add-a-lesson.md")
	for _, script := range examples(t, p, "txtar") {
		if c, err := lesson.ReadCase(write(t, "example.txtar", script)); err != nil || len(c.Modules) == 0 {
			t.Errorf("%s: a script with %d modules, %v; want some, no error\n%s", p.path, len(c.Modules), err, script)
		}
	}
	for _, text := range examples(t, p, "toml") {
		if allowed, err := splat.ReadAllowances(write(t, "splats.toml", text), time.Time{}); err != nil || len(allowed) == 0 {
			t.Errorf("%s: %d allowances, %v; want some, no error\n%s", p.path, len(allowed), err, text)
		}
	}
	p = read(t, "docs/add-a-kernel.md")
	entries := "host = \"amd64\"\nflavours = [\"cloud\"]\n" + strings.Join(examples(t, p, "toml"), "")
	if _, err := vmimages.ParseCatalogue([]byte(entries)); err != nil {
		t.Errorf("%s: the entries make no catalogue: %v", p.path, err)
	}
}
