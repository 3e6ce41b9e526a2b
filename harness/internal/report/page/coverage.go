// SPDX-License-Identifier: GPL-2.0-only

package page

import (
	"strings"

	"kmodlab/harness/internal/coverage"
)

// covered is what the page shows of coverage.
type covered struct {
	Sentence string
	Kernels  []string
	Files    []coveredFile
	Missing  []string
}

// coveredFile is a source; Shares are those of the kernels, in their order.
type coveredFile struct {
	Path      string
	Share     coverage.Share
	Shares    []string
	Never     string
	Explained string
	Lines     []coveredLine
}

// coveredLine is a line of a source; one that is no code has no Class.
type coveredLine struct {
	N     int
	Class string // "ran", "never", or "partly" for one that ran on some kernels only
	Hits  uint64
	First string // the case that ran it first
	Not   string // the kernels on which it did not run, if it did on others
	Text  string
}

// newCovered returns what is to be shown of a run; nil when it measured nothing.
func newCovered(r *coverage.Run) *covered {
	if r == nil {
		return nil
	}
	merged := r.Merged()
	c := &covered{Sentence: r.Sentence(), Missing: r.Missing}
	for _, p := range r.Profiles {
		c.Kernels = append(c.Kernels, p.Kernel)
	}
	for _, path := range merged.Paths() {
		file := merged[path]
		explained, rest := coverage.Explained(r.Sources[path], file.Never())
		f := coveredFile{Path: path, Share: file.Share(), Never: coverage.Ranges(rest), Explained: coverage.Ranges(explained)}
		for _, p := range r.Profiles {
			share := "not built"
			if lines, ok := p.Files[path]; ok {
				share = lines.Share().String()
			}
			f.Shares = append(f.Shares, share)
		}
		n := 0
		for text := range strings.Lines(r.Sources[path]) {
			n++
			f.Lines = append(f.Lines, newCoveredLine(r, path, n, file, strings.TrimRight(text, "\n")))
		}
		c.Files = append(c.Files, f)
	}
	return c
}

func newCoveredLine(r *coverage.Run, path string, n int, file coverage.File, text string) coveredLine {
	l := coveredLine{N: n, Text: text}
	line, isCode := file[n]
	if !isCode {
		return l
	}
	l.Hits, l.First = line.Hits, line.First
	var not []string
	for _, p := range r.Profiles {
		if there, ok := p.Files[path][n]; ok && there.Hits == 0 {
			not = append(not, p.Kernel)
		}
	}
	switch {
	case l.Hits == 0:
		l.Class = "never"
	case len(not) > 0:
		l.Class, l.Not = "partly", strings.Join(not, ", ")
	default:
		l.Class = "ran"
	}
	return l
}
