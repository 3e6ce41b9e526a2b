// SPDX-License-Identifier: GPL-2.0-only

package page

import (
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/fstest"

	"kmodlab/harness/internal/verdict"
)

// A log that is too long loses its middle, and the page says so.
func TestShelf(t *testing.T) {
	long := "# first\n" + strings.Repeat("a line of a log\n", 10000) + "# last\n"
	s := newShelf(fstest.MapFS{"short": {Data: []byte("short\n")}, "long": {Data: []byte(long)}})
	if text, note := s.read("short"); text != "short\n" || note != "" {
		t.Errorf("read(short) = %q, %q; want it whole", text, note)
	}
	text, note := s.read("long")
	if len(text) > headOfLog+tailOfLog+100 || !strings.HasPrefix(text, "# first\n") || !strings.HasSuffix(text, "# last\n") || !strings.Contains(note, "in the middle are left out") {
		t.Errorf("read(long) has %d bytes, note %q; want its beginning, its end and a note", len(text), note)
	}
	if text, note := s.read("none"); text != "" || !strings.Contains(note, "not there") {
		t.Errorf("read(none) = %q, %q; want a note", text, note)
	}
	for s.used < allLogs {
		s.read("long")
	}
	if text, note := s.read("short"); text != "" || !strings.Contains(note, "short") {
		t.Errorf("read(short) when there is no room = %q, %q; want a note that says where it is", text, note)
	}
	if said := strings.Join(s.leftOut(3), " "); !strings.Contains(said, "3 cases") || !strings.Contains(said, "shortened") || !strings.Contains(said, "1 logs") {
		t.Errorf("leftOut() = %q; want all three", said)
	}
}

func TestClip(t *testing.T) {
	if got := clip(strings.Repeat("+a line\n", 100000)); len(got) > tailOfLog+100 || !strings.HasSuffix(got, "+a line\n... 759040 bytes more, in the results file\n") {
		t.Errorf("clip() = ... %q, %d bytes; want whole lines and how many bytes are left", got[len(got)-60:], len(got))
	}
	if got := clip("-a\n"); got != "-a\n" {
		t.Errorf("clip(-a) = %q", got)
	}
}

// Cases that overlap are in lanes of their own; all kernels share a scale.
func TestTimeline(t *testing.T) {
	at := func(column, started string, seconds float64) verdict.Record {
		return verdict.Record{Column: column, Started: "2026-11-24T19:00:" + started + "Z", Seconds: seconds, Verdict: verdict.Pass}
	}
	tl := newTimeline([]verdict.Record{at("a", "00.000", 4), at("a", "01.000", 1), at("a", "01.9995", 1), at("b", "06.000", 2), {Column: "c"}})
	if len(tl.Kernels) != 2 || tl.Kernels[0].Lanes != 2*laneHeight || tl.Kernels[1].Lanes != laneHeight {
		t.Fatalf("kernels = %+v; want two, the first with two lanes", tl.Kernels)
	}
	var got []string
	for _, k := range tl.Kernels {
		for _, b := range k.Bars {
			got = append(got, fmt.Sprintf("%s %g-%g in %d", k.Name, b.X, b.X+b.Width+0.5, b.Y/laneHeight))
		}
	}
	if want := "a 0-500 in 0, a 125-250 in 1, a 249.9-374.9 in 1, b 750-1000 in 0"; strings.Join(got, ", ") != want {
		t.Errorf("bars = %s; want %s", strings.Join(got, ", "), want)
	}
	if len(tl.Slowest) != 4 || tl.Slowest[0].Seconds != 4 || tl.Slowest[1].Column != "b" {
		t.Errorf("slowest = %+v; want the four that ran, the slowest first", tl.Slowest)
	}
}

// A run on every kernel makes a page that a browser can take: transcripts that
// are alike are there once.
func TestPageStaysSmall(t *testing.T) {
	j, _, _ := fixture(t, fixtureFile)
	var records []verdict.Record
	for k := range 13 {
		for n := range 71 {
			r := j.Records[0]
			r.Column, r.Lesson, r.Case = fmt.Sprint("7.", k), fmt.Sprint("lesson", n/2), fmt.Sprint("case", n)
			r.Steps = []verdict.Step{{Text: fmt.Sprint("insmod lesson", n), Expected: strings.Repeat("a line\n", 100), Got: strings.Repeat("a line\n", 100), Compared: true, Equal: true}}
			records = append(records, r)
		}
	}
	var size counter
	if err := Write(&size, verdict.Judgement{Records: records}, nil, nil, nil, fstest.MapFS{}); err != nil {
		t.Fatal(err)
	}
	if size > 3<<20 {
		t.Errorf("the page of %d cases has %d bytes; want at most 3 MiB", len(records), size)
	}
}

type counter int

var _ io.Writer = (*counter)(nil)

func (c *counter) Write(p []byte) (int, error) {
	*c += counter(len(p))
	return len(p), nil
}

// What the kernel remarked on a case that passed stands with its facts.
func TestPageHasFindings(t *testing.T) {
	j, list, settlements := fixture(t, fixtureFile)
	var b strings.Builder
	if err := Write(&b, j, list, settlements, nil, fstest.MapFS{}); err != nil {
		t.Fatal(err)
	}
	if want := "<dt>finding</dt><dd>m: ignoring obsolete section &lt;__ksymtab_gpl&gt; &amp; 100% | more</dd>"; !strings.Contains(b.String(), want) {
		t.Errorf("the page lacks %q", want)
	}
}
