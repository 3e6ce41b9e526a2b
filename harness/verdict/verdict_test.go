// SPDX-License-Identifier: GPL-2.0-only

package verdict

import (
	"testing"

	"kmodlab/harness/fault"
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
			if got := Exit(records); got != tt.want {
				t.Errorf("Exit(%v) = %d; want %d", tt.verdicts, got, tt.want)
			}
		})
	}
}

func TestOwner(t *testing.T) {
	want := map[Verdict]fault.Party{Pass: "", Unsupported: "", Build: fault.Build, Infra: fault.Harness,
		Fail: fault.Module, Load: fault.Module, Splat: fault.Module, Panic: fault.Module, Hang: fault.Module}
	for _, v := range All() {
		party, ok := want[v]
		if !ok || v.Owner() != party {
			t.Errorf("%s.Owner() = %q; want %q", v, v.Owner(), party)
		}
	}
	if len(All()) != len(want) {
		t.Errorf("All() has %d verdicts; want %d", len(All()), len(want))
	}
}
