// SPDX-License-Identifier: GPL-2.0-only

package coverage

import (
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// samples are testdata/sample.c as two compilers compiled it, with and without
// optimisation: their notes, the counters after fail(0), fail(5) and fail(2), and
// the lines that the compiler's own gcov makes of both.
var samples = []string{"gcc-12-O0", "gcc-12-O2", "gcc-14-O0", "gcc-14-O2"}

func sample(t testing.TB, name string) (*notes, []objectCounters) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("testdata", name, "sample.gcno"))
	if err != nil {
		t.Fatal(err)
	}
	o, err := readNotes(text)
	if err != nil {
		t.Fatal(err)
	}
	if text, err = os.ReadFile(filepath.Join("testdata", name, "counters")); err != nil {
		t.Fatal(err)
	}
	counters, lost, err := parseCounters(text)
	if err != nil || len(lost) > 0 || len(counters) != 1 {
		t.Fatalf("parseCounters() = %d objects, lost %q, %v; want one object", len(counters), lost, err)
	}
	return &notes{stage: o.Dir, objects: map[string]*object{"sample.gcno": o}}, counters
}

// in moves counters to where the notes say that the compiler ran.
func in(n *notes, counters []objectCounters) []objectCounters {
	counters[0].File = filepath.Join(n.stage, "sample.gcda")
	return counters
}

func TestMeasureSaysWhatGcovSays(t *testing.T) {
	for _, name := range samples {
		t.Run(name, func(t *testing.T) {
			n, counters := sample(t, name)
			files, err := n.measure(in(n, counters), "lesson/case")
			if err != nil {
				t.Fatal(err)
			}
			want, err := os.ReadFile(filepath.Join("testdata", name, "lines"))
			if err != nil {
				t.Fatal(err)
			}
			var got strings.Builder
			for _, line := range files["sample.c"].numbers() {
				fmt.Fprintln(&got, line, files["sample.c"][line].Hits)
			}
			if got.String() != string(want) {
				t.Errorf("lines and their hits:\n%swant, by gcov:\n%s", got.String(), want)
			}
			for line, l := range files["sample.c"] {
				if (l.First == "lesson/case") != (l.Hits > 0) {
					t.Errorf("line %d ran %d times, first in %q", line, l.Hits, l.First)
				}
			}
		})
	}
}

// What no case came near is there with no hits.
func TestFilesHaveAllLines(t *testing.T) {
	n, counters := sample(t, samples[0])
	ran, err := n.measure(in(n, counters), "x")
	if err != nil {
		t.Fatal(err)
	}
	all := n.files()
	if got, want := all.Share(), (Share{0, ran.Share().Lines}); got != want {
		t.Errorf("all lines: %+v; want %+v", got, want)
	}
	if got := n.files("elsewhere"); len(got) > 0 {
		t.Errorf("of another folder: %v; want none", got)
	}
}

func TestMeasureRefusesOtherBuilds(t *testing.T) {
	for name, spoil := range map[string]func(*objectCounters){
		"another stamp":        func(c *objectCounters) { c.Stamp++ },
		"another function":     func(c *objectCounters) { c.Of[0].Ident++ },
		"another graph":        func(c *objectCounters) { c.Of[0].Graph++ },
		"a counter too many":   func(c *objectCounters) { c.Of[0].Arcs = append(c.Of[0].Arcs, 1) },
		"no counters":          func(c *objectCounters) { c.Of[0].Arcs = nil },
		"a function elsewhere": func(c *objectCounters) { c.Of[0].Lines++ },
	} {
		t.Run(name, func(t *testing.T) {
			n, counters := sample(t, "gcc-12-O2")
			spoil(&in(n, counters)[0])
			if _, err := n.measure(counters, "x"); !errors.Is(err, errOtherBuild) {
				t.Errorf("measure() = %v; want %v", err, errOtherBuild)
			}
		})
	}
	n, counters := sample(t, "gcc-12-O2")
	if _, err := n.measure(counters, "x"); err == nil || !strings.Contains(err.Error(), "noted nothing of it") {
		t.Errorf("measure() of an object elsewhere = %v; want that nothing was noted of it", err)
	}
}

// Of a function that a task died in, what goes in does not come out.
func TestCountsOfAnUnfinishedFunction(t *testing.T) {
	// entry -> 2 -> 3 -> exit, and 2 -> exit; what is counted is entry -> 2 and 2 -> exit.
	f := &function{blocks: make([]block, 4), arcs: []arc{{from: entry, to: 2, counted: true}, {from: 2, to: 3}, {from: 2, to: exit, counted: true}, {from: 3, to: exit}}}
	if got := f.counts([]uint64{1, 0}); got[2] != 1 || got[3] != 1 {
		t.Errorf("counts %v; want that blocks 2 and 3 ran once", got)
	}
	if got := f.counts([]uint64{1, 3}); got[2] != 3 || got[3] != 0 {
		t.Errorf("counts %v; want no less than what came out of block 2, and nothing in block 3", got)
	}
	died := &function{blocks: make([]block, 3), arcs: []arc{{from: entry, to: 2, counted: true}, {from: 2, to: exit, counted: true}}}
	if got := died.counts([]uint64{1, 0}); got[2] != 1 {
		t.Errorf("counts %v; want that the block ran that nobody came out of", got)
	}
}

func TestMerge(t *testing.T) {
	a := Profile{Kernel: "6.1", Files: Files{"a.c": {1: {Hits: 2, First: "x/a"}, 2: {}, 4: {}}}}
	b := Profile{Kernel: "6.12", Files: Files{"a.c": {1: {Hits: 1, First: "x/b"}, 2: {Hits: 5, First: "x/b"}, 3: {}}, "b.c": {7: {}}}}
	got := merge([]Profile{a, b}).Files
	want := Files{"a.c": {1: {Hits: 3, First: "x/a"}, 2: {Hits: 5, First: "x/b"}, 3: {}, 4: {}}, "b.c": {7: {}}}
	if !maps.EqualFunc(got, want, func(a, b File) bool { return maps.Equal(a, b) }) {
		t.Errorf("merged %v; want %v", got, want)
	}
	if a.Files["a.c"][1].Hits != 2 {
		t.Error("merging changed what was merged")
	}
}

func TestNever(t *testing.T) {
	ran := Line{Hits: 1}
	for _, tt := range []struct {
		file File
		want string
	}{
		{File{}, ""},
		{File{3: ran}, ""},
		{File{1: {}, 3: ran, 4: {}, 6: {}, 9: ran, 10: {}}, "1, 4-6, 10"},
	} {
		if got := Ranges(tt.file.Never()); got != tt.want {
			t.Errorf("never run of %v: %q; want %q", tt.file, got, tt.want)
		}
	}
}

func TestShare(t *testing.T) {
	for _, tt := range []struct {
		share Share
		want  string
	}{{Share{}, "100.0 %"}, {Share{1, 2}, "50.0 %"}, {Share{2000, 2000}, "100.0 %"}, {Share{1999, 2000}, "99.9 %"}, {Share{9999, 10000}, "99.9 %"}} {
		if got := tt.share.String(); got != tt.want {
			t.Errorf("%+v: %q; want %q", tt.share, got, tt.want)
		}
	}
}

func TestReports(t *testing.T) {
	r := &Run{Profiles: []Profile{{Kernel: "6.12", Files: Files{"b.c": {1: {Hits: 7}, 2: {}, 3: {Hits: 1}, 5: {}}, "a.c": {5: {Hits: 1}}}}},
		Sources: map[string]string{"b.c": "a();\nb();\nc();\n/* Never run: d is broken. */\nd();\n"}}
	var lcov, table strings.Builder
	if err := errors.Join(r.Merged().LCOV(&lcov), r.Table(&table)); err != nil {
		t.Fatal(err)
	}
	const wantLCOV = "TN:\nSF:a.c\nDA:5,1\nLF:1\nLH:1\nend_of_record\nSF:b.c\nDA:1,7\nDA:2,0\nDA:3,1\nDA:5,0\nLF:4\nLH:2\nend_of_record\n"
	if lcov.String() != wantLCOV {
		t.Errorf("lcov:\n%swant:\n%s", &lcov, wantLCOV)
	}
	const wantTable = "file  lines  run      never run  explained\na.c   1      100.0 %\nb.c   4      50.0 %   2          5\nall   5      60.0 %\n"
	if table.String() != wantTable {
		t.Errorf("table:\n%swant:\n%s", &table, wantTable)
	}
}

func TestExplained(t *testing.T) {
	const source = `f();
/* Never run: no kernel does that. */
if (x)
	g();
h();
/*
 * Never run: this takes
 * more than a line.
 */
i();
j(); // never run: this neither
/* Never run: this is of nothing that follows. */
k();
l();
/* It is never run: that is no explanation. */
m();
`
	for _, tt := range []struct {
		never           []Range
		explained, rest string
	}{
		{[]Range{{1, 1}}, "", "1"},
		{[]Range{{4, 4}}, "4", ""},
		{[]Range{{4, 5}}, "4-5", ""},
		{[]Range{{5, 5}}, "", "5"},
		{[]Range{{10, 10}}, "10", ""},
		{[]Range{{11, 11}}, "11", ""},
		{[]Range{{4, 4}, {14, 14}, {16, 16}}, "4, 14", "16"},
	} {
		explained, rest := Explained(source, tt.never)
		if Ranges(explained) != tt.explained || Ranges(rest) != tt.rest {
			t.Errorf("Explained(%v) = %q, %q; want %q, %q", tt.never, Ranges(explained), Ranges(rest), tt.explained, tt.rest)
		}
	}
}

// A block counts for the line that it ends with.
func TestHits(t *testing.T) {
	at := func(lines ...int) block {
		var b block
		for _, line := range lines {
			b.at = append(b.at, place{"a.c", line})
		}
		return b
	}
	// if (n > 2)       11
	//         here();  12
	// else
	//         here();  14, noted with the jump out of it, too
	f := &function{blocks: []block{{}, {}, at(9, 11), at(12), at(14), at(14, 15)}}
	want := map[place]uint64{{"a.c", 9}: 4, {"a.c", 11}: 4, {"a.c", 12}: 4, {"a.c", 14}: 0, {"a.c", 15}: 4}
	if d := cmp.Diff(want, f.hits([]uint64{4, 4, 4, 4, 0, 4})); d != "" {
		t.Errorf("hits() (-want +got):\n%s", d)
	}
	want = map[place]uint64{{"a.c", 9}: 0, {"a.c", 11}: 0, {"a.c", 12}: 0, {"a.c", 14}: 0, {"a.c", 15}: 0}
	if d := cmp.Diff(want, f.hits(nil)); d != "" {
		t.Errorf("hits(nil) (-want +got):\n%s", d)
	}
}
