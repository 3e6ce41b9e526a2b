// SPDX-License-Identifier: GPL-2.0-only

package coverage

import (
	"maps"
	"slices"
)

// Line is a line that the compiler made code of.
type Line struct {
	Hits  uint64 `json:"hits"`            // how often it ran, in all cases
	First string `json:"first,omitempty"` // the first case that ran it, in the order of the cases: "notify/transcript"
}

// File are the lines of a source, by their numbers.
type File map[int]Line

// Files are sources by their paths.
type Files map[string]File

// Profile is what was run on one kernel, or on several of them.
type Profile struct {
	Kernel string `json:"kernel"` // its release; "" when merged
	Files  Files  `json:"files"`
}

// add counts n runs of a line, by the case called first.
func (f Files) add(path string, line int, n uint64, first string) {
	if f[path] == nil {
		f[path] = File{}
	}
	l := f[path][line]
	l.Hits += n
	if l.First == "" && n > 0 {
		l.First = first
	}
	f[path][line] = l
}

// addAll adds what others ran, which comes after what is there.
func (f Files) addAll(others Files) {
	for path, lines := range others {
		for n, l := range lines {
			f.add(path, n, l.Hits, l.First)
		}
	}
}

// merge returns what was run on any of the kernels. A line is there if one of
// them has it.
func merge(profiles []Profile) Profile {
	merged := Profile{Files: Files{}}
	for _, p := range profiles {
		merged.Files.addAll(p.Files)
	}
	return merged
}

// Paths returns the sources in their order.
func (f Files) Paths() []string { return slices.Sorted(maps.Keys(f)) }

// numbers returns the file's lines in their order.
func (f File) numbers() []int { return slices.Sorted(maps.Keys(f)) }

// Share is how many of some lines were run.
type Share struct{ Run, Lines int }

// Share returns how much of the file was run.
func (f File) Share() Share {
	s := Share{Lines: len(f)}
	for _, l := range f {
		if l.Hits > 0 {
			s.Run++
		}
	}
	return s
}

// Share returns how much of all files was run.
func (f Files) Share() Share {
	var sum Share
	for _, lines := range f {
		s := lines.Share()
		sum.Run, sum.Lines = sum.Run+s.Run, sum.Lines+s.Lines
	}
	return sum
}

// Percent returns the share in percent, which is 100 for no lines at all.
func (s Share) Percent() float64 {
	if s.Lines == 0 {
		return 100
	}
	return 100 * float64(s.Run) / float64(s.Lines)
}

// Range is lines that follow each other, but for lines that are no code.
type Range struct{ From, To int }

// Never returns the lines that were never run.
func (f File) Never() []Range {
	var ranges []Range
	before := false // whether the line before was one of them
	for _, n := range f.numbers() {
		never := f[n].Hits == 0
		switch {
		case never && before:
			ranges[len(ranges)-1].To = n
		case never:
			ranges = append(ranges, Range{n, n})
		}
		before = never
	}
	return ranges
}
