// SPDX-License-Identifier: GPL-2.0-only

package splat

import (
	"math/rand/v2"
	"slices"
	"testing"

	"kmodlab/harness/internal/klog"
)

// TestInterleaved mixes the lines of two reports, as two CPUs do that print at the
// same time. Where lines tell their caller, both keep their titles. Where they do
// not, both are heard, and a title may lack the function: see mixed.go.
func TestInterleaved(t *testing.T) {
	reports := singles(t)
	chance := rand.New(rand.NewPCG(1, 2))
	pairs, heard, named, kept := 0, 0, 0, 0
	for i := range reports {
		a, b := reports[i], reports[(i+7)%len(reports)]
		if a.Title == b.Title {
			continue
		}
		pairs++
		mixed := mix(chance, a.Lines, b.Lines)
		for _, s := range [][]klog.Line{mixed, anonymous(mixed)} {
			titles := titlesOf(s)
			both := slices.Contains(titles, a.Title) && slices.Contains(titles, b.Title)
			switch {
			case s[0].Caller != "" && both:
				named++
			case s[0].Caller != "":
				t.Logf("with callers, %q and %q are told as %q", a.Title, b.Title, titles)
			case both:
				kept++
			}
			if s[0].Caller == "" && len(titles) >= 2 {
				heard++
			}
		}
	}
	t.Logf("%d pairs: with callers both keep their titles in %d; without, both are heard in %d and keep their titles in %d", pairs, named, heard, kept)
	if named != pairs {
		t.Errorf("with callers, both reports keep their titles in %d of %d pairs; want all", named, pairs)
	}
	if heard*10 < pairs*9 {
		t.Errorf("without callers, both reports are heard in %d of %d pairs; want nine tenths", heard, pairs)
	}
	if kept*10 < pairs {
		t.Errorf("without callers, both reports keep their titles in %d of %d pairs; want a tenth", kept, pairs)
	}
}

// singles are the reports of the corpus' logs that have one.
func singles(t *testing.T) []Splat {
	var all []Splat
	for _, path := range corpus(t, "splats/*.txt", 80) {
		if splats := readCorpus(t, path).find(); len(splats) == 1 && len(splats[0].Lines) > 5 && splats[0].Kind != Lockup {
			all = append(all, splats[0])
		}
	}
	return all
}

func titlesOf(lines []klog.Line) []string {
	var titles []string
	for s := range Find(slices.Values(lines)) {
		titles = append(titles, s.Title)
	}
	return titles
}

// mix returns the lines of two reports mixed, one to four of each in turn, with the
// callers that printed them.
func mix(chance *rand.Rand, a, b []string) []klog.Line {
	var mixed []klog.Line
	for turn := 0; len(a)+len(b) > 0; turn++ {
		from, caller := &a, "T81"
		if turn%2 == 1 {
			from, caller = &b, "T82"
		}
		for range min(1+chance.IntN(4), len(*from)) {
			mixed = append(mixed, klog.Line{N: len(mixed) + 1, Text: (*from)[0], Caller: caller})
			*from = (*from)[1:]
		}
	}
	return mixed
}

func anonymous(lines []klog.Line) []klog.Line {
	lines = slices.Clone(lines)
	for i := range lines {
		lines[i].Caller = ""
	}
	return lines
}
