// SPDX-License-Identifier: GPL-2.0-only

package verdict

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestRegress(t *testing.T) {
	on := func(series string, v Verdict) Record {
		r := Record{Series: series, Arch: "amd64", Flavour: "cloud", Lesson: "robust", Case: "robust", Verdict: v, Reproduce: "run -kernel=" + series}
		if v == Unsupported {
			r.Reason = "needs export:f"
		}
		return r
	}
	other := func(r Record, change func(*Record)) Record { change(&r); return r }
	for name, tt := range map[string]struct {
		records []Record
		gone    []string
		want    string // the series that fail
	}{
		"a newer kernel lacks it":            {[]Record{on("6.1", Pass), on("6.12", Unsupported)}, nil, "6.12"},
		"and the script says why":            {[]Record{on("6.1", Pass), on("6.12", Unsupported)}, []string{"6.2"}, ""},
		"it went in this very series":        {[]Record{on("6.1", Pass), on("6.12", Unsupported)}, []string{"6.12"}, ""},
		"the script explains another loss":   {[]Record{on("6.1", Pass), on("6.12", Unsupported)}, []string{"6.1", "7.0"}, "6.12"},
		"all newer ones lack it":             {[]Record{on("5.10", Pass), on("6.1", Unsupported), on("6.12", Unsupported)}, nil, "6.1 6.12"},
		"one word explains all of them":      {[]Record{on("5.10", Pass), on("6.1", Unsupported), on("6.12", Unsupported)}, []string{"5.17"}, ""},
		"it came back and went again":        {[]Record{on("5.10", Pass), on("6.1", Unsupported), on("6.12", Pass), on("7.3", Unsupported)}, []string{"5.17"}, "7.3"},
		"an older kernel lacks it":           {[]Record{on("5.10", Unsupported), on("6.1", Pass)}, nil, ""},
		"6.2 is older than 6.12":             {[]Record{on("6.12", Unsupported), on("6.2", Pass)}, nil, "6.12"},
		"nobody has it":                      {[]Record{on("5.10", Unsupported), on("6.1", Unsupported)}, nil, ""},
		"it was there, though the case fell": {[]Record{on("5.10", Fail), on("6.1", Unsupported)}, nil, "6.1"},
		"it was never asked":                 {[]Record{on("5.10", Infra), on("5.15", Build), on("6.1", Unsupported)}, nil, ""},
		"another case":                       {[]Record{other(on("5.10", Pass), func(r *Record) { r.Case = "x" }), on("6.1", Unsupported)}, nil, ""},
		"another architecture":               {[]Record{other(on("5.10", Pass), func(r *Record) { r.Arch = "arm64" }), on("6.1", Unsupported)}, nil, ""},
		"another flavour":                    {[]Record{other(on("5.10", Pass), func(r *Record) { r.Flavour = "rt" }), on("6.1", Unsupported)}, nil, ""},
	} {
		t.Run(name, func(t *testing.T) {
			before := slices.Clone(tt.records)
			got := regress(tt.records, map[string][]string{"robust/robust": tt.gone})
			var failed []string
			for i, r := range got {
				if r.Verdict == tt.records[i].Verdict {
					continue
				}
				failed = append(failed, r.Series)
				if r.Verdict != Fail || r.Owner == "" || r.Lost == nil || r.Lost.Reason != "needs export:f" || r.Reproduce != "run -kernel="+r.Lost.Had+","+r.Series || !strings.Contains(r.Reason, "needs export:f") || !strings.Contains(r.Reason, "# gone in "+r.Series) {
					t.Errorf("regress() makes of %s %+v; want a failure that says what is missing, what to write, and how to see both", r.Series, r)
				}
			}
			if series := strings.Join(failed, " "); series != tt.want {
				t.Errorf("regress() fails %q; want %q", series, tt.want)
			}
			if !cmp.Equal(before, tt.records) {
				t.Error("regress() changed what it was given")
			}
		})
	}
}

// Where no script could say what went away, nothing is said to have gone.
func TestRegressLeavesOthersAlone(t *testing.T) {
	older, newer := on("6.1", Pass), on("6.12", Unsupported)
	older.Series, newer.Series = "6.1", "6.12"
	if got := regress([]Record{older, newer}, map[string][]string{"other/case": nil}); got[1].Verdict != Unsupported {
		t.Errorf("regress() makes of it %+v; want it unsupported", got[1])
	}
}

func TestOnBoth(t *testing.T) {
	for older, tt := range map[string]struct{ newer, want string }{
		"run -kernel=6.1 -flavour=rt": {"run -kernel=6.12 -flavour=rt", "run -kernel=6.1,6.12 -flavour=rt"},
		"run -kernel=6.1.3+deb12":     {"run -kernel=6.12", "run -kernel=6.1.3+deb12,6.12"},
		"run -kdir=../linux":          {"run -kernel=6.12", "run -kernel=6.12"},
		"run -kernel=6.1":             {"run -kdir=../linux", "run -kdir=../linux"},
	} {
		if got := onBoth(older, tt.newer); got != tt.want {
			t.Errorf("onBoth(%q, %q) = %q; want %q", older, tt.newer, got, tt.want)
		}
	}
}
