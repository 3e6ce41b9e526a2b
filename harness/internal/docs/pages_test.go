// SPDX-License-Identifier: GPL-2.0-only

// Package docs has the tests that keep the project's pages true: what links,
// commands, tables and outputs in Markdown say is compared with the code.
package docs

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "rewrite what the pages repeat of the code and show of outputs")

// root is the project's folder.
const root = "../../.."

// layers are the folders at the top that have Go code in them, from the bottom up:
// each imports only those before it.
var layers = []string{"internal", "guest", "vmimages", "harness", "cmd"}

// page is a Markdown file.
type page struct {
	path string // from the project's folder
	text string
}

// pages returns what there is to read: the pages in the project's folder, in
// docs and below kmod.
func pages(t *testing.T) []page {
	t.Helper()
	var all []page
	for _, pattern := range []string{"*.md", "docs/*.md", "docs/decisions/*.md", "kmod/*.md", "kmod/*/*.md"} {
		paths, err := filepath.Glob(filepath.Join(root, pattern))
		if err != nil {
			t.Fatal(err)
		}
		for _, path := range paths {
			rel, err := filepath.Rel(root, path)
			if err != nil {
				t.Fatal(err)
			}
			all = append(all, read(t, rel))
		}
	}
	if len(all) < 10 {
		t.Fatalf("%d pages; want those of the project, its docs and its lessons", len(all))
	}
	return all
}

func read(t *testing.T, path string) page {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(root, path))
	if err != nil {
		t.Fatal(err)
	}
	return page{path, string(text)}
}

// rewrite makes the page say want, or with -update writes it.
func (p page) rewrite(t *testing.T, want, diff string) {
	t.Helper()
	if p.text == want {
		return
	}
	if !*update {
		t.Errorf("%s is not true any more; go test ./harness/internal/docs -update mends it\n%s", p.path, diff)
		return
	}
	if err := os.WriteFile(filepath.Join(root, p.path), []byte(want), 0o644); err != nil {
		t.Fatal(err)
	}
}

var (
	fence = regexp.MustCompile("^ *```")
	span  = regexp.MustCompile("`([^`]+)`")
)

// split returns the page's prose and the lines of its code blocks, fenced or
// indented.
func (p page) split() (prose string, code []string) {
	var b bytes.Buffer
	fenced, blank := false, true
	for line := range strings.Lines(p.text) {
		switch {
		case fence.MatchString(line):
			fenced = !fenced
		case fenced, strings.HasPrefix(line, "    ") && blank:
			code = append(code, strings.TrimSpace(line))
			continue
		default:
			b.WriteString(line)
		}
		blank = strings.TrimSpace(line) == ""
	}
	return b.String(), code
}

// snippets returns what the page has as code: the lines of blocks, and spans.
func (p page) snippets() []string {
	prose, code := p.split()
	for _, m := range span.FindAllStringSubmatch(prose, -1) {
		code = append(code, strings.Join(strings.Fields(m[1]), " "))
	}
	return code
}
