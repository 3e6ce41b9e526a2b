// SPDX-License-Identifier: GPL-2.0-only

package verdict

import (
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestExit(t *testing.T) {
	for name, tt := range map[string]struct {
		verdicts []Verdict
		want     int
	}{
		"no case at all":               {nil, 3},
		"passed":                       {[]Verdict{Pass, Pass}, 0},
		"passed or unsupported":        {[]Verdict{Pass, Unsupported}, 0},
		"all unsupported":              {[]Verdict{Unsupported}, 0},
		"a failure":                    {[]Verdict{Pass, Fail}, 1},
		"a build failure":              {[]Verdict{Build}, 1},
		"a refused module":             {[]Verdict{Load}, 1},
		"a splat":                      {[]Verdict{Splat}, 1},
		"a panic":                      {[]Verdict{Panic}, 1},
		"a hang":                       {[]Verdict{Hang}, 1},
		"only infra":                   {[]Verdict{Pass, Infra}, 3},
		"infra, then a failure":        {[]Verdict{Infra, Fail}, 1},
		"a failure, then infra":        {[]Verdict{Fail, Infra}, 1},
		"a verdict nobody knows fails": {[]Verdict{"perhaps"}, 1},
	} {
		t.Run(name, func(t *testing.T) {
			var records []Record
			for _, v := range tt.verdicts {
				records = append(records, Record{Verdict: v})
			}
			if got := (Run{Records: records}.Judge()).Exit(); got != tt.want {
				t.Errorf("Exit() of %v = %d; want %d", tt.verdicts, got, tt.want)
			}
		})
	}
}

func TestSentence(t *testing.T) {
	stale := func([]Record) string { return "stale" }
	for name, tt := range map[string]struct {
		run      Run
		exit     int
		sentence string
	}{
		"all well":                      {Run{Records: []Record{on("1", Pass)}}, 0, ""},
		"nothing":                       {Run{}, 3, "no case ran"},
		"a failure":                     {Run{Records: []Record{on("1", Fail)}}, 1, "cases failed"},
		"not run":                       {Run{Records: []Record{on("1", Infra), on("2", Pass)}}, 3, "cases could not be run"},
		"nobody ran it":                 {Run{Records: []Record{on("1", Pass)}, Plan: []Record{on("1", ""), on("2", "")}}, 3, "1 of 2 cases are missing"},
		"nobody ran any":                {Run{Plan: []Record{on("1", "")}}, 3, "1 of 1 cases are missing"},
		"one failed, one is missing":    {Run{Records: []Record{on("1", Fail)}, Plan: []Record{on("2", "")}}, 1, "cases failed, 1 of 2 cases are missing"},
		"one was not run, one missing":  {Run{Records: []Record{on("1", Infra)}, Plan: []Record{on("2", "")}}, 3, "cases could not be run, 1 of 2 cases are missing"},
		"the ledger is stale":           {Run{Records: []Record{on("1", Pass)}, Ledger: stale}, 1, "the cases passed, but the ledger of claims is stale"},
		"it is, and a case failed":      {Run{Records: []Record{on("1", Fail)}, Ledger: stale}, 1, "cases failed"},
		"it is, and a case was not run": {Run{Records: []Record{on("1", Infra)}, Ledger: stale}, 3, "cases could not be run"},
	} {
		j := tt.run.Judge()
		if j.Exit() != tt.exit || j.Sentence() != tt.sentence {
			t.Errorf("%s: exit status %d, %q; want %d, %q", name, j.Exit(), j.Sentence(), tt.exit, tt.sentence)
		}
	}
}

func TestClosing(t *testing.T) {
	j := Run{Records: []Record{on("1", Pass), on("2", Unsupported), on("3", Hang)}, Plan: []Record{on("4", "")}}.Judge()
	if got, want := j.Closing(), "cases: 1 passed, 2 failed, 1 skipped"; got != want {
		t.Errorf("Closing() = %q; want %q", got, want)
	}
}

// What nobody ran is told in its place, as of the kernel that the others ran on.
func TestMissing(t *testing.T) {
	first, last := on("1", Pass), on("2", Pass)
	first.Kernel, last.Kernel = "1.0-cloud", "2.0-cloud"
	third := Record{Column: "1", Lesson: "order", Case: "order", Script: "kmod/order/order.txtar", Reproduce: "run"}
	want := third
	want.Kernel, want.Verdict, want.Owner, want.Reason, want.Missing = "1.0-cloud", Infra, "harness", "nobody ran it", true
	j := Run{Records: []Record{last, first}, Plan: []Record{on("1", ""), third, on("2", "")}}.Judge()
	if d := cmp.Diff([]Record{first, want, last}, j.Records); d != "" {
		t.Errorf("Judge() (-want +got):\n%s", d)
	}
	if d := cmp.Diff([]string{"order/order on 1"}, j.Missing()); d != "" {
		t.Errorf("Missing() (-want +got):\n%s", d)
	}
}

// However the work was divided, and however each machine judged its part: all
// parts together are what one machine would have found.
func TestPartsAreJudgedAsOneRun(t *testing.T) {
	lost, missing, failed := 0, 0, 0
	for seed := range uint64(300) {
		random := rand.New(rand.NewPCG(seed, 0))
		all := randomRun(random)
		want := all.Judge()
		lost, missing, failed = lost+count(want.Records, func(r Record) bool { return r.Lost != nil }), missing+len(want.Missing()), failed+want.Exit()
		merged := all
		var err error
		if merged.Records, err = Merge(divided(t, random, all), ""); err != nil {
			t.Fatalf("seed %d: %v", seed, err)
		}
		if d := cmp.Diff(want, merged.Judge()); d != "" {
			t.Fatalf("seed %d: judged together (-on one machine +in parts):\n%s", seed, d)
		}
		again := all
		again.Records = want.Records
		if d := cmp.Diff(want, again.Judge()); d != "" {
			t.Fatalf("seed %d: judged again (-once +twice):\n%s", seed, d)
		}
		all.Gone, again.Gone = nil, nil
		if d := cmp.Diff(all.Judge(), again.Judge()); d != "" {
			t.Fatalf("seed %d: judged by another rule (-at first +afterwards):\n%s", seed, d)
		}
	}
	if lost == 0 || missing == 0 || failed == 0 {
		t.Errorf("of the runs %d cases were lost, %d missing; the test says nothing", lost, missing)
	}
}

// divided returns the records of the run as so many machines would write and
// read them: each judged what it had by itself.
func divided(t *testing.T, random *rand.Rand, all Run) []Part {
	t.Helper()
	parts := make([]Run, 1+random.IntN(4))
	for _, i := range random.Perm(len(all.Records)) {
		p := &parts[random.IntN(len(parts))]
		p.Records = append(p.Records, all.Records[i])
	}
	for _, r := range all.Plan {
		p := &parts[random.IntN(len(parts))]
		p.Plan = append(p.Plan, r)
	}
	dir := t.TempDir()
	var read []Part
	for i, p := range parts {
		p.Gone, p.Past, p.Ledger = all.Gone, nil, all.Ledger
		path := filepath.Join(dir, fmt.Sprint(i))
		if err := p.Judge().Write(path); err != nil {
			t.Fatal(err)
		}
		j, err := ReadJudgement(path)
		if err != nil {
			t.Fatal(err)
		}
		read = append(read, Part{path, j.Records})
	}
	return read
}

// randomRun returns a run with results of all kinds on kernels of a few series,
// of which some cells nobody ran and some nobody planned.
func randomRun(random *rand.Rand) Run {
	run := Run{Gone: map[string][]string{}, Ledger: func(records []Record) string {
		return fmt.Sprint(count(records, func(r Record) bool { return r.Verdict == Fail }), " fail")
	}}
	for _, name := range []string{"a", "b", "c"} {
		switch random.IntN(3) {
		case 0:
			run.Gone["l/"+name] = nil
		case 1:
			run.Gone["l/"+name] = []string{[]string{"6.1", "6.2", "7.0"}[random.IntN(3)]}
		}
		for _, column := range []struct{ name, series, flavour string }{{"6.12", "6.12", "cloud"}, {"5.10", "5.10", "cloud"}, {"6.12.9", "6.12", "cloud"}, {"6.2", "6.2", "cloud"}, {"6.12 rt", "6.12", "rt"}, {"6.2 rt", "6.2", "rt"}} {
			r := Record{Column: column.name, Series: column.series, Flavour: column.flavour, Arch: "amd64", Lesson: "l", Case: name, Reproduce: "run -kernel=" + column.series}
			if random.IntN(8) > 0 {
				run.Plan = append(run.Plan, r)
			}
			r.Verdict = []Verdict{Pass, Pass, Unsupported, Unsupported, Fail, Build, Infra}[random.IntN(7)]
			r.Kernel, r.Seconds = column.name+"-x", random.Float64()
			if r.Verdict != Pass {
				r.Reason, r.Owner = fmt.Sprint("reason ", random.IntN(9)), string(r.Verdict.Owner())
			}
			if random.IntN(8) > 0 {
				run.Records = append(run.Records, r)
			}
			if random.IntN(2) > 0 {
				r.Verdict = Pass
				run.Past = append(run.Past, r)
			}
		}
	}
	return run
}

func count(records []Record, is func(Record) bool) int {
	n := 0
	for _, r := range records {
		if is(r) {
			n++
		}
	}
	return n
}
