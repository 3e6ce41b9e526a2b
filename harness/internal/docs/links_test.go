// SPDX-License-Identifier: GPL-2.0-only

package docs

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

var (
	link    = regexp.MustCompile(`\]\(([^)\s]+)\)`)
	heading = regexp.MustCompile(`(?m)^#+ +(.*)$`)
	noSlug  = regexp.MustCompile(`[^\p{L}\p{N} _-]`)
)

// Every link within the project leads to something that is there.
func TestLinks(t *testing.T) {
	for _, p := range pages(t) {
		t.Run(p.path, func(t *testing.T) {
			prose, _ := p.split()
			for _, m := range link.FindAllStringSubmatch(span.ReplaceAllString(prose, ""), -1) {
				if wrong := p.follow(t, m[1]); wrong != "" {
					t.Errorf("%s links to %s: %s", p.path, m[1], wrong)
				}
			}
		})
	}
}

// follow returns what is wrong with a link of the page.
func (p page) follow(t *testing.T, target string) string {
	t.Helper()
	if strings.Contains(target, "://") || strings.HasPrefix(target, "mailto:") {
		return ""
	}
	file, anchor, _ := strings.Cut(target, "#")
	path := p.path
	if file != "" {
		path = filepath.Join(filepath.Dir(p.path), file)
	}
	if _, err := os.Stat(filepath.Join(root, path)); err != nil {
		return "it is not there"
	}
	if anchor != "" && !slices.Contains(anchors(read(t, path)), anchor) {
		return "the page has no such heading"
	}
	return ""
}

// anchors returns the names that headings of the page have in links: small
// letters, hyphens for blanks.
func anchors(p page) []string {
	prose, _ := p.split()
	var all []string
	for _, m := range heading.FindAllStringSubmatch(prose, -1) {
		slug := noSlug.ReplaceAllString(strings.ToLower(strings.TrimSpace(m[1])), "")
		all = append(all, strings.ReplaceAll(slug, " ", "-"))
	}
	return all
}

// place is a file or a folder of the project, in a span of code.
var place = regexp.MustCompile(`^(harness|vmimages|kmod|docs|\.github)/[\w./-]+$`)

// Every place that a page names is there.
func TestPlaces(t *testing.T) {
	for _, p := range pages(t) {
		prose, _ := p.split()
		for _, m := range span.FindAllStringSubmatch(prose, -1) {
			if !place.MatchString(m[1]) || strings.Contains(m[1], "NAME") {
				continue
			}
			if _, err := os.Stat(filepath.Join(root, m[1])); err != nil {
				t.Errorf("%s names %s, which is not there", p.path, m[1])
			}
		}
	}
}

// Every page in docs can be found from the README, and every decision from the page
// that says what came of them.
func TestEveryPageIsLinked(t *testing.T) {
	readme, architecture := read(t, "README.md"), read(t, "docs/architecture.md")
	for _, p := range pages(t) {
		from, way := readme, p.path
		if decision, ok := strings.CutPrefix(p.path, "docs/decisions/"); ok {
			from, way = architecture, "decisions/"+decision
		}
		if strings.HasPrefix(p.path, "docs/") && !strings.Contains(from.text, "]("+way) {
			t.Errorf("%s does not link to %s", from.path, p.path)
		}
	}
}
