// SPDX-License-Identifier: GPL-2.0-only

package coverage

import (
	"errors"
	"os"
	"path/filepath"
	"testing"
)

func TestParseCounters(t *testing.T) {
	counters, lost, err := parseCounters([]byte("module a\nobject 0000000a /x/a.gcda\nfunction 00000001 00000002 00000003 4 5\nlost b\nmodule c\nobject 0000000b /x/c d.gcda\nend\n"))
	if err != nil || len(counters) != 2 || len(lost) != 1 || lost[0] != "b" {
		t.Fatalf("parseCounters() = %v, lost %q, %v", counters, lost, err)
	}
	if c := counters[0]; c.Module != "a" || c.Stamp != 10 || len(c.Of) != 1 || c.Of[0].Graph != 3 || len(c.Of[0].Arcs) != 2 || c.Of[0].Arcs[1] != 5 {
		t.Errorf("the first object: %+v", c)
	}
	if c := counters[1]; c.Module != "c" || c.File != "/x/c d.gcda" {
		t.Errorf("the second object: %+v", c)
	}
	for _, text := range []string{"", "module a\n", "end", "object 1\nend\n", "object x /a\nend\n", "function 1 2 3\nend\n", "module a\nobject 1 /a\nfunction 1 2\nend\n",
		"module a\nobject 1 /a\nfunction 1 2 3 -4\nend\n", "surprise\nend\n"} {
		if _, _, err := parseCounters([]byte(text)); (err == nil) != (text == "end") || err != nil && !errors.Is(err, errCounters) {
			t.Errorf("parseCounters(%q) = %v", text, err)
		}
	}
}

func TestReadNotesRefuses(t *testing.T) {
	good, err := os.ReadFile(filepath.Join("testdata", samples[0], "sample.gcno"))
	if err != nil {
		t.Fatal(err)
	}
	old := append([]byte(nil), good...)
	old[6], old[7] = '9', 'A' // GCC 9
	for name, text := range map[string][]byte{"nothing": nil, "counters": append([]byte("adcg"), good[4:]...), "an old compiler's": old, "half": good[:len(good)/2+1], "all but the end": good[:len(good)-1]} {
		if _, err := readNotes(text); err == nil {
			t.Errorf("readNotes(%s) agrees", name)
		}
	}
}

func FuzzReadNotes(f *testing.F) {
	for _, name := range samples {
		text, err := os.ReadFile(filepath.Join("testdata", name, "sample.gcno"))
		if err != nil {
			f.Fatal(err)
		}
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		o, err := readNotes(text)
		if err != nil {
			return
		}
		for _, fn := range o.Functions {
			if got := fn.counts(make([]uint64, fn.counters)); len(got) != len(fn.blocks) {
				t.Errorf("%d blocks, %d counts", len(fn.blocks), len(got))
			}
		}
		(&notes{stage: o.Dir, objects: map[string]*object{"a.gcno": o}}).files()
	})
}

func FuzzParseCounters(f *testing.F) {
	for _, name := range samples {
		text, err := os.ReadFile(filepath.Join("testdata", name, "counters"))
		if err != nil {
			f.Fatal(err)
		}
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		counters, _, err := parseCounters(text)
		if err == nil {
			n, _ := sample(t, samples[0])
			n.measure(counters, "x") // which may refuse them
		}
	})
}
